import { type SelectionDepth, type SelectionNode, selectionOperators, valueCharacters, wordCharacters } from './selection-syntax.ts'

const bareWord = new RegExp(`^[${wordCharacters}]+$`)
const bareValue = new RegExp(`^[${valueCharacters}]+$`)

/** Writes a selection in the selection language; reading that text gives the same selection. */
export function printSelectionNode(node: SelectionNode): string {
  switch (node.type) {
    case 'all':
      return '*'
    case 'key':
      return printKey(node.pattern)
    case 'group':
    case 'kind':
    case 'owner':
      return `${node.type}:${quotedUnless(bareValue, node.pattern)}`
    case 'tag':
      return `tag:${quotedUnless(bareWord, node.key)}${node.value === null ? '' : `=${quotedUnless(bareValue, node.value)}`}`
    case 'status':
      return `status:${node.status}`
    case 'traverse':
      return `${printUpstream(node.upstream)}${printOperand(node.operand)}${printDownstream(node.downstream)}`
    case 'not':
      return `not ${node.operand.type === 'and' || node.operand.type === 'or' ? parenthesised(node.operand) : printSelectionNode(node.operand)}`
    case 'and':
      return node.operands.map((each) => (each.type === 'or' ? parenthesised(each) : printSelectionNode(each))).join(' and ')
    case 'or':
      return node.operands.map(printSelectionNode).join(' or ')
  }
}

/** Quotes a key that would read as something else: `and`, or the depth in `2+2`. */
function printKey(key: string): string {
  const plain = bareWord.test(key) && !/^\d+$/.test(key) && !(selectionOperators as readonly string[]).includes(key.toLowerCase())
  return plain ? key : `key:${quoted(key)}`
}

function printOperand(node: SelectionNode): string {
  return ['traverse', 'not', 'and', 'or'].includes(node.type) ? parenthesised(node) : printSelectionNode(node)
}

function printUpstream(depth: SelectionDepth | undefined): string {
  if (depth === undefined) return ''
  return depth === 'all' ? '+' : `${depth}+`
}

function printDownstream(depth: SelectionDepth | undefined): string {
  if (depth === undefined) return ''
  return depth === 'all' ? '+' : `+${depth}`
}

function parenthesised(node: SelectionNode): string {
  return `(${printSelectionNode(node)})`
}

function quotedUnless(bare: RegExp, text: string): string {
  return bare.test(text) ? text : quoted(text)
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
