// What every panel does to the document. Writes only what changed, so that nothing flickers and no selection
// is lost.

/** @param {string} id */
export function byId(id) {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

/** @param {Element} element @param {string} text */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** @param {Element} element @param {string} name @param {string | null} value */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/**
 * An element with classes, attributes and children, as `make('td.price', { lang: 'ko' }, 'text')`.
 * @param {string} what
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(string | Node)[]} children
 */
export function make(what, attributes = {}, ...children) {
  const [tag = 'div', ...classes] = what.split('.')
  const element = document.createElement(tag)
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.append(...children)
  return element
}

/**
 * Makes the children of `parent` those of `items`, keeping the elements that are there already.
 * @template T
 * @param {Element} parent
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} create
 * @param {(element: HTMLElement, item: T) => void} update
 */
export function keepChildren(parent, items, keyOf, create, update) {
  const known = new Map([...parent.children].map(child => [/** @type {HTMLElement} */ (child).dataset['key'], child]))
  items.forEach((item, index) => {
    const key = keyOf(item)
    let element = /** @type {HTMLElement | undefined} */ (known.get(key))
    known.delete(key)
    if (element === undefined) {
      element = create(item)
      element.dataset['key'] = key
    }
    update(element, item)
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null)
  })
  for (const element of known.values()) element.remove()
}

/** @param {Element} element */
export function childrenOf(element) {
  return /** @type {HTMLElement[]} */ ([...element.children])
}

/**
 * Term and value pairs of a `dl`, kept in place.
 * @param {Element} list
 * @param {readonly (readonly [term: string, value: string, isBad?: boolean | "refused"])[]} facts Refused
 *   has a colour of its own.
 */
export function showFacts(list, facts) {
  keepChildren(
    list,
    facts,
    ([term]) => term,
    ([term]) => make('div', {}, make('dt', {}, term), make('dd')),
    (row, [, value, isBad = false]) => {
      setText(/** @type {Element} */ (row.lastElementChild), value)
      setAttribute(row, 'data-bad', String(isBad))
    },
  )
}
