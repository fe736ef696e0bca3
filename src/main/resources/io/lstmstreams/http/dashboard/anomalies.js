import {arrows, byId, make, oneStop, text} from './dom.js';
import {bars} from './bars.js';
import * as words from './words.js';

const HOLD = 6000; // milliseconds for which the latest anomaly stays, to be read
const REFRESH = 2000;

/** The latest anomalies, each with its reason. */
export class Anomalies {
  constructor(open) {
    this.open = open;
    this.end = null; // name of the end symbol
    this.shown = null;
    this.shownAt = 0;
    this.listedAt = 0;
    arrows(byId('anomaly-list'), 'button', 'ArrowUp', 'ArrowDown');
  }

  show(anomalies, now) {
    if (anomalies.length === 0 || byId('anomalies').matches(':hover, :focus-within')) return;
    if (now - this.shownAt >= HOLD && !same(anomalies[0], this.shown)) {
      this.shown = anomalies[0];
      this.shownAt = now;
      this.explain(this.shown);
    }
    if (now - this.listedAt >= REFRESH) {
      this.listedAt = now;
      this.list(anomalies.filter(anomaly => !same(anomaly, this.shown)).slice(0, 6));
    }
  }

  explain(anomaly) {
    const best = anomaly.expected[0];
    const what = make('p', 'what');
    if (anomaly.event === null) {
      what.append('The sequence ', make('b', '', 'ended'), ` after event ${words.whole(anomaly.step - 1)}; the model gave that end `);
    } else {
      what.append(`Event ${words.whole(anomaly.step)} was `, make('b', '', words.event(anomaly.event)), '; the model gave it ');
    }
    what.append(words.chance(anomaly.probability));
    what.append(best ? ` and expected ${words.event(best.event)} (${words.percent(best.probability)}).` : '.');
    const foot = make('div', 'foot');
    const more = anomaly.more ? `, followed by ${anomaly.more} more` : '';
    foot.append(make('span', 'small', `sequence ${anomaly.sequence}, at ${new Date(anomaly.at).toLocaleTimeString()}${more}`));
    const button = make('button', '', 'Show history');
    button.type = 'button';
    button.addEventListener('click', () => this.open(anomaly.sequence, anomaly.step));
    foot.append(button);
    byId('last-anomaly').replaceChildren(what, bars(anomaly.expected, {event: anomaly.event ?? this.end, probability: anomaly.probability}, true), foot);
    text(byId('spoken'), `Anomaly: ${what.textContent}`);
  }

  list(anomalies) {
    byId('anomaly-list').replaceChildren(...anomalies.map(anomaly => {
      const row = make('li');
      const button = make('button');
      button.type = 'button';
      button.tabIndex = -1;
      const what = make('span', 'gist');
      what.append(make('b', '', anomaly.event === null ? 'ended too early' : words.event(anomaly.event)));
      const best = anomaly.expected[0];
      what.append(make('span', 'small', best ? `  instead of ${words.event(best.event)}` : ''));
      what.title = what.textContent;
      button.append(what, make('span', 'small', words.chance(anomaly.probability)));
      button.addEventListener('click', () => this.open(anomaly.sequence, anomaly.step));
      row.append(button);
      return row;
    }));
    oneStop(byId('anomaly-list'), 'button');
  }
}

function same(one, other) {
  return other !== null && one.sequence === other.sequence && one.step === other.step;
}
