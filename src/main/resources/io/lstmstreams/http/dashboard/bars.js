import {make} from './dom.js';
import * as words from './words.js';

/**
 * What had been expected, as bars; and what came, if it is not among it.
 * @param came {event, probability} or null
 * @param anomalous whether that is why this is an anomaly
 */
export function bars(expected, came, anomalous) {
  const all = expected.map(next => ({...next, came: came && next.event === came.event}));
  if (came && !all.some(next => next.came)) all.push({...came, came: true});
  const box = make('div', 'bars');
  for (const next of all) {
    box.append(make('span', 'label', words.event(next.event) + (next.came ? ' (came)' : '')), make('span', 'much', words.percent(next.probability ?? 0)));
    const bar = make('span', next.came && anomalous ? 'bar anomalous' : 'bar');
    const part = make('i');
    part.style.width = `${100 * (next.probability ?? 0)}%`;
    bar.append(part);
    box.append(bar);
  }
  return box;
}
