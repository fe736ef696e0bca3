// Small things that every part of the page uses. What comes from records goes through text() only: it is never read as HTML.

export const byId = id => document.getElementById(id);

/** An element with a class and some text, both of which may be left out. */
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

/** Changes a text only where it is another one, so that nothing is laid out in vain. */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

/** Arrow keys, Home and End go through what a selector finds; one of them at a time is a stop of the Tab key. */
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

/** Leaves one stop for the Tab key in a list whose members have changed. */
export function oneStop(list, selector) {
  const all = [...list.querySelectorAll(selector)];
  if (all.length && !all.some(stop => stop.tabIndex === 0)) all[0].tabIndex = 0;
}
