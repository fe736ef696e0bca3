import {byId, text} from './dom.js';

const KEY = 'lstm-streams-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function chosen() {
  try {
    return localStorage.getItem(KEY);
  } catch (denied) {
    return null;
  }
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  text(byId('theme'), theme === 'dark' ? 'Light' : 'Dark');
  byId('theme').setAttribute('aria-label', `Switch to the ${theme === 'dark' ? 'light' : 'dark'} theme`);
  window.dispatchEvent(new Event('themechange'));
}

/** Follows the system's light or dark theme until the user switches. */
export function theme() {
  apply(chosen() ?? (dark.matches ? 'dark' : 'light'));
  dark.addEventListener('change', () => apply(chosen() ?? (dark.matches ? 'dark' : 'light')));
  byId('theme').addEventListener('click', () => {
    const next = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
    try {
      localStorage.setItem(KEY, next);
    } catch (denied) {
      // the choice lasts until the page is loaded again
    }
    apply(next);
  });
}
