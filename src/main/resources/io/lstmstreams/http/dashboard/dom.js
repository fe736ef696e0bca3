// Helpers that every part of the page uses. The contents of records are set as text only, never read as HTML.

export const byId = id => document.getElementById(id);

/** Creates an element. Class and text are optional. */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function svg(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** Sets an element's text if it differs, so that the browser does not lay out the page in vain. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** Moves the focus among the elements of a selector by the arrow keys, Home and End. One of them at a time is a tab stop. */
export function arrows(list, selector, back, forth) {
  const stops = () => [...list.querySelectorAll(selector)];
  list.addEventListener('keydown', press => {
    const all = stops();
    const at = all.indexOf(document.activeElement);
    const to = {[back]: at - 1, [forth]: at + 1, Home: 0, End: all.length - 1}[press.key];
    if (to === undefined || at < 0) return;
    press.preventDefault();
    all[Math.max(0, Math.min(all.length - 1, to))].focus();
  });
  list.addEventListener('focusin', focus => {
    for (const stop of stops()) stop.tabIndex = stop === focus.target ? 0 : -1;
  });
}

/** Gives a list one tab stop after its members have changed. */
export function oneStop(list, selector) {
  const all = [...list.querySelectorAll(selector)];
  if (all.length && !all.some(stop => stop.tabIndex === 0)) all[0].tabIndex = 0;
}
