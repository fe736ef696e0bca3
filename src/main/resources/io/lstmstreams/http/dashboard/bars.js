import {make} from './dom.js';
import * as words from './words.js';

/**
 * Draws the expected events as bars, and the received event with them.
 * @param received {event, probability} or null
 * @param anomalous true if the received event is an anomaly
 */
export function bars(expected, received, anomalous) {
  const all = expected.map(next => ({...next, received: received !== null && next.event === received.event}));
  if (received && !all.some(next => next.received)) all.push({...received, received: true});
  const box = make('div', 'bars');
  for (const next of all) {
    box.append(make('span', 'label', words.event(next.event) + (next.received ? ' (received)' : '')), make('span', 'much', words.percent(next.probability ?? 0)));
    const bar = make('span', next.received && anomalous ? 'bar anomalous' : 'bar');
    const part = make('i');
    part.style.width = `${100 * (next.probability ?? 0)}%`;
    bar.append(part);
    box.append(bar);
  }
  return box;
}
