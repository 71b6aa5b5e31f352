export { type AppOptions, createApp } from './app.ts'
export { type ErrorLog } from './error-response.ts'
export { type ApiServer, type ApiServerOptions, startApiServer } from './server.ts'
