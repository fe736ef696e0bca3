import {byId, make, text} from './dom.js';
import {draw, legend} from './heatmap.js';

const LSTM = {
  f: ['Forget gate f', 'How much of its old cell state each unit keeps: 0 nothing, 1 all of it.'],
  i: ['Input gate i', 'How much of the candidate each unit adds: 0 nothing, 1 all of it.'],
  g: ['Candidate g', 'The value that each unit may add to its cell state, from −1 to 1.'],
  o: ['Output gate o', 'How much of its cell state each unit outputs: 0 nothing, 1 all of it.'],
  c: ['Cell state c', 'The memory of each unit after the step: f × old c + i × g.'],
  h: ['Hidden state h', 'The output of each unit, to the next layer and to the next step: o × tanh(c).'],
};
const OTHER = {
  r: ['Reset gate r', 'How much of its old hidden state each unit uses for its candidate: 0 nothing, 1 all of it.'],
  z: ['Update gate z', 'How much of its old hidden state each unit keeps: 0 nothing, 1 all of it.'],
  n: ['Candidate n', 'The value that each unit may change to, from −1 to 1.'],
  h: ['Hidden state h', 'The output of each unit, to the next layer and to the next step.'],
};
const GATES = new Set(['f', 'i', 'o', 'r', 'z']);

const say = number => number === undefined || number === null ? '?' : number.toFixed(3).replace('-', '−');

/** Returns the 97th percentile of the absolute values, so that a single large number does not make all others pale. */
function bound(rows) {
  const all = rows.filter(Boolean).flat().map(Math.abs).sort((one, other) => one - other);
  return Math.max(0.001, all[Math.floor(0.97 * (all.length - 1))] ?? 1);
}

/** The gates and the state of a layer over the steps, as heat maps. */
export class Inside {
  /** @param select receives the step that the user points at */
  constructor(select) {
    this.select = select;
    this.layer = 0;
    this.unit = 0;
    this.step = 0;
    byId('unit').addEventListener('input', () => {
      this.unit = Number(byId('unit').value);
      this.mark();
    });
    byId('sorted').addEventListener('change', () => this.arrange());
    window.addEventListener('resize', () => this.mark());
    window.addEventListener('themechange', () => this.mark());
  }

  show(history) {
    this.history = history;
    byId('maps').hidden = history.layers.length === 0;
    if (history.layers.length === 0) return;
    if (this.layer >= history.layers.length) this.layer = 0;
    this.step = Math.min(this.step, history.steps.length - 1);
    const names = history.layers.length === 1 ? [] : history.layers;
    if (byId('layer-choice').childElementCount !== names.length) {
      byId('layer-choice').replaceChildren(...names.map((layer, i) => this.choice(i)));
    }
    this.arrange();
  }

  choice(i) {
    const label = make('label');
    const input = make('input');
    input.type = 'radio';
    input.name = 'layer';
    input.checked = i === this.layer;
    input.addEventListener('change', () => {
      this.layer = i;
      this.arrange();
    });
    label.append(input, ` layer ${i + 1}`);
    return label;
  }

  /** Sorts the units, and creates a map for each table. */
  arrange() {
    if (!this.history?.layers.length) return;
    const {units, tables} = this.history.layers[this.layer];
    const steps = tables.h.length;
    const shown = Math.min(units, ...Object.values(tables).flatMap(rows => rows.filter(Boolean).map(row => row.length)));
    this.order = Array.from({length: shown}, (_, unit) => unit);
    if (byId('sorted').checked) {
      const rows = tables.c ?? tables.h;
      const change = this.order.map(unit => {
        let most = -1;
        let at = 0;
        for (let i = 1; i < steps; i++) {
          const by = rows[i] && rows[i - 1] ? Math.abs(rows[i][unit] - rows[i - 1][unit]) : 0;
          if (by > most) [most, at] = [by, i];
        }
        return at + (rows[at]?.[unit] > 0 ? 0.5 : 0);
      });
      this.order.sort((one, other) => change[one] - change[other] || one - other);
    }
    byId('unit').max = shown - 1;
    const some = shown < units ? ` Only the first ${shown} of ${units} units are shown.` : '';
    text(byId('inside-hint'), `A column is a step, a row is a unit of the layer. Point at a cell, or use the arrow keys among the events and the slider, to see the unit's sum.${some}`);
    const texts = tables.c ? LSTM : OTHER;
    this.maps = Object.entries(tables).map(([name, rows]) => this.map(name, texts[name] ?? [name, ''], rows));
    byId('maps').replaceChildren(...this.maps.map(map => map.box));
    if (!this.order.includes(this.unit)) this.unit = 0;
    this.mark();
  }

  map(name, [title, sentence], rows) {
    const most = GATES.has(name) ? null : name === 'c' ? bound(rows) : 1;
    const box = make('div', 'map');
    const canvas = make('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${title}: ${this.order.length} units over ${rows.length} steps. ${sentence}`);
    canvas.addEventListener('pointermove', move => this.point(canvas, move));
    canvas.addEventListener('click', click => this.point(canvas, click));
    const scale = make('canvas');
    const line = make('div', 'scale');
    const ends = most === null ? ['0 closed', '1 open'] : [say(-most), say(most)];
    line.append(make('span', '', ends[0]), scale, make('span', '', ends[1]));
    box.append(make('h4', '', title), make('p', '', sentence), canvas, line);
    return {name, rows, most, box, canvas, scale};
  }

  point(canvas, at) {
    const box = canvas.getBoundingClientRect();
    const part = (value, count) => Math.max(0, Math.min(count - 1, Math.floor(value * count)));
    this.unit = this.order[part((at.clientY - box.top) / box.height, this.order.length)];
    this.select(part((at.clientX - box.left) / box.width, this.history.steps.length));
  }

  /** @param step index of the step among those shown */
  at(step) {
    this.step = step;
    this.mark();
  }

  mark() {
    if (!this.maps || !this.history?.layers.length || !byId('way').open) return;
    const place = this.order.indexOf(this.unit);
    byId('unit').value = this.unit;
    text(byId('unit-number'), String(this.unit));
    byId('unit').setAttribute('aria-valuetext', `unit ${this.unit}`);
    const anomalous = this.history.steps.flatMap((step, i) => step.anomalous ? [i] : []);
    for (const map of this.maps) legend(map.scale, map.most === null ? 'gate' : 'sign');
    for (const map of this.maps) draw(map.canvas, map.rows, this.order, map.most, this.step, place, anomalous);
    text(byId('sum'), this.sum());
  }

  /** Returns the selected unit's sum at this step, in words. */
  sum() {
    const {tables} = this.history.layers[this.layer];
    const value = (name, step) => tables[name]?.[step]?.[this.unit];
    const number = this.history.steps[this.step].step;
    const [f, i, g, o, c, h] = ['f', 'i', 'g', 'o', 'c', 'h'].map(name => value(name, this.step));
    const before = this.step > 0 ? value('c', this.step - 1) : number === 1 ? 0 : undefined;
    const at = `Unit ${this.unit} at step ${number}: `;
    const memory = f * before + i * g;
    if (Math.abs(memory - c) < 0.01 && Math.abs(o * Math.tanh(c) - h) < 0.01) {
      return `${at}it keeps ${say(f)} of ${say(before)} and adds ${say(i)} of ${say(g)}, so c = ${say(c)}; it outputs ${say(o)} of tanh(c), so h = ${say(h)}.`;
    }
    return at + Object.keys(tables).map(name => `${name} = ${say(value(name, this.step))}`).join(', ');
  }
}
