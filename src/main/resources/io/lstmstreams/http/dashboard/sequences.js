import {arrows, byId, make, oneStop, text} from './dom.js';
import * as words from './words.js';

/** Some of the live sequences. A sequence stays in its row while it is shown. */
export class Sequences {
  constructor(open) {
    this.open = open;
    this.rows = new Map(); // by sequence id
    this.rule = {};
    arrows(byId('sequence-list'), 'button', 'ArrowUp', 'ArrowDown');
  }

  /** @param isIdle true if no event was processed in the last minute */
  show(sequences, isIdle) {
    const list = byId('sequence-list');
    text(byId('no-sequences'), isIdle ? 'No events in the last minute.' : 'No sequence is receiving events.');
    byId('no-sequences').hidden = sequences.length > 0 || this.rows.size > 0;
    const now = new Set(sequences.map(each => each.sequence));
    const free = [];
    for (const [name, row] of this.rows) {
      if (!now.has(name) && row.item !== document.activeElement?.closest('li')) {
        this.rows.delete(name);
        free.push(row);
      }
    }
    for (const sequence of sequences) {
      let row = this.rows.get(sequence.sequence);
      if (!row) {
        row = free.shift() ?? this.row(list);
        this.rows.set(sequence.sequence, row);
      }
      this.update(row, sequence);
    }
    for (const row of free) row.item.remove();
    oneStop(list, 'button');
  }

  row(list) {
    const item = make('li');
    const button = make('button');
    button.type = 'button';
    button.tabIndex = -1;
    const row = {item, button, name: make('span', 'name'), step: make('span', 'step'), cells: make('span', 'cells'), more: make('span', 'hidden')};
    button.append(row.name, ' ', row.step, row.cells, row.more);
    button.addEventListener('click', () => this.open(row.sequence));
    item.append(button);
    list.append(item);
    return row;
  }

  update(row, sequence) {
    row.sequence = sequence.sequence;
    text(row.name, sequence.sequence);
    row.button.title = sequence.sequence;
    text(row.step, sequence.ended ? 'ended' : `step ${words.whole(sequence.step)}`);
    row.button.classList.toggle('over', sequence.ended);
    const last = sequence.event === null ? '' : `, last event ${words.event(sequence.event)}`;
    const ended = sequence.ended ? `, ${words.whole(sequence.step)} events` : '';
    text(row.more, `${ended}${last}${sequence.anomalous ? ', anomalous' : ''}`);
    while (row.cells.childElementCount > sequence.probabilities.length) row.cells.lastChild.remove();
    while (row.cells.childElementCount < sequence.probabilities.length) row.cells.append(make('i'));
    sequence.probabilities.forEach((probability, i) => {
      const mood = words.mood(probability, this.rule);
      if (row.cells.children[i].className !== mood) row.cells.children[i].className = mood;
    });
  }
}
