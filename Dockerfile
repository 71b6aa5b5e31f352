# One image for every process: `assetry worker`, `assetry api`, `assetry migrate`.
# Debian and not Alpine: Temporal's native library needs glibc.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev

FROM ${NODE_IMAGE}
ENV NODE_ENV=production ASSETRY_HOME=/data
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# The example, with the packages that only it needs. A project of your own brings its own: see docker-compose.yml.
COPY --from=build /app/examples ./examples
COPY --from=build /app/node_modules/csv-parse ./node_modules/csv-parse
COPY --from=build /app/node_modules/es-toolkit ./node_modules/es-toolkit
COPY --from=build /app/node_modules/vega-datasets ./node_modules/vega-datasets
RUN install --directory --owner=node --group=node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "--enable-source-maps", "dist/cli/main.js"]
CMD ["--help"]
