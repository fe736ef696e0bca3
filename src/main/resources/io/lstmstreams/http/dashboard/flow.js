import {byId, svg, text} from './dom.js';
import * as words from './words.js';

const HEIGHT = 54;
const NARROW = window.matchMedia('(max-width: 640px)'); // as in style.css

/** The topology: topics, processor and state store, and the records per second that flow between them. */
export class Flow {
  constructor() {
    NARROW.addEventListener('change', () => {
      if (this.flow) this.draw(this.flow, this.model);
    });
  }

  /** @param flow names of the topics, null for a topic that does not exist */
  draw(flow, model) {
    this.flow = flow;
    this.model = model;
    this.edges = [];
    const arrow = svg('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto', markerUnits: 'userSpaceOnUse'});
    arrow.append(svg('path', {d: 'M0 0L8 4L0 8Z'}));
    const definitions = svg('defs', {});
    definitions.append(arrow);
    this.picture = byId('flow');
    this.picture.replaceChildren(definitions);
    const nodes = {
      input: {kind: 'input topic', name: flow.input},
      repartition: flow.repartition && {kind: 'repartition topic', name: 'by sequence'},
      processor: {kind: `processor: ${model.layers.join(', ')}`, name: model.name ?? 'model', group: 'step'},
      store: {kind: 'state store, per sequence', name: flow.store},
      changelog: {kind: 'changelog topic', name: flow.changelog},
    };
    const targets = [
      flow.results && {name: flow.results, kind: 'results topic', counter: 'steps'},
      flow.verdicts && {name: flow.verdicts, kind: 'verdict topic', counter: 'ended'},
      flow.deadLetters && {name: flow.deadLetters, kind: 'dead-letter topic', counter: 'deadLetters', group: 'dead'},
    ].filter(Boolean);
    if (NARROW.matches) this.stack(nodes, targets);
    else this.spread(nodes, targets);
    text(byId('flow-text'), `From ${flow.input} to the processor, from there to ${targets.map(target => target.name).join(', ')}; states in ${flow.store} and in its changelog topic ${flow.changelog}`);
  }

  /** Draws from left to right. */
  spread(nodes, targets) {
    this.picture.setAttribute('viewBox', '0 0 1000 300');
    const processor = {x: nodes.repartition ? 450 : 380, width: 210};
    const right = processor.x + processor.width;
    const centre = processor.x + processor.width / 2;
    this.node({x: 10, y: 70, width: 190, ...nodes.input});
    if (nodes.repartition) {
      this.node({x: 258, y: 70, width: 138, ...nodes.repartition});
      this.edge('M200 97H258');
      this.edge(`M396 97H${processor.x}`, 'steps', {x: processor.x - 18, y: 88, anchor: 'end'});
    } else {
      this.edge(`M200 97H${processor.x}`, 'steps', {x: processor.x - 18, y: 88, anchor: 'end'});
    }
    this.node({...processor, y: 70, ...nodes.processor});
    this.node({...processor, y: 214, ...nodes.store});
    this.edge(`M${centre} 124V214`, 'steps', {x: centre, y: 174, anchor: 'middle'});
    this.node({x: 730, y: 214, width: 260, ...nodes.changelog});
    this.edge(`M${right} 241H730`, null, {x: (right + 730) / 2, y: 232, anchor: 'middle', label: 'at each commit'});
    targets.forEach((target, i) => {
      const y = targets.length === 1 ? 70 : 5 + i * 65;
      const bend = (800 - right) / 2;
      this.node({x: 800, y, width: 190, ...target});
      this.edge(`M${right} 97C${right + bend} 97 ${800 - bend} ${y + 27} 800 ${y + 27}`, target.counter, {x: 782, y: y + 18, anchor: 'end'}, target.group);
    });
  }

  /** Draws from top to bottom, for narrow pages. */
  stack(nodes, targets) {
    const width = 244;
    const gap = HEIGHT + 36;
    const centre = 4 + width / 2;
    const bus = 272; // from the processor to the topics that it writes to
    let y = 4;
    let last = null;
    for (const [name, node] of Object.entries(nodes)) {
      if (!node) continue;
      this.node({x: 4, y, width, ...node});
      const isChangelog = name === 'changelog';
      const place = {x: centre + 10, y: y - 13, anchor: 'start', label: isChangelog ? 'at each commit' : ''};
      if (last !== null) this.edge(`M${centre} ${last + HEIGHT}V${y}`, isChangelog ? null : 'steps', place);
      if (name === 'processor') this.from = y + HEIGHT / 2;
      last = y;
      y += gap;
    }
    for (const target of targets) {
      this.node({x: 4, y, width, ...target});
      const at = y + HEIGHT / 2;
      this.edge(`M${4 + width} ${this.from}H${bus}V${at}H${4 + width}`, target.counter, {x: bus + 6, y: at + 4, anchor: 'start'}, target.group);
      y += HEIGHT + 14;
    }
    this.picture.setAttribute('viewBox', `0 0 340 ${y}`);
  }

  /** @param counter the counter of the records that flow here, or null for a plain label */
  edge(path, counter, place, group) {
    const box = svg('g', {class: group ?? ''});
    const line = svg('path', {d: path, 'marker-end': 'url(#arrow)'});
    box.append(line);
    this.picture.append(box);
    if (!place) return;
    const rate = svg('text', {x: place.x, y: place.y, 'text-anchor': place.anchor, class: counter ? 'rate' : 'kind'});
    rate.textContent = place.label ?? '';
    box.append(rate);
    if (counter) this.edges.push({line, rate, counter});
  }

  node({x, y, width, kind, name, group}) {
    const box = svg('g', {class: group ?? ''});
    const above = svg('text', {x: x + 14, y: y + 21, class: 'kind'});
    above.textContent = kind;
    const below = svg('text', {x: x + 14, y: y + 41});
    const most = Math.floor((width - 24) / 7.6);
    below.textContent = name.length > most ? `${name.slice(0, most - 1)}…` : name;
    const whole = svg('title', {});
    whole.textContent = name;
    box.append(svg('rect', {x, y, width, height: HEIGHT, rx: 10}), above, below, whole);
    this.picture.append(box);
  }

  show(numbers) {
    for (const edge of this.edges ?? []) {
      const rate = numbers.rate(edge.counter);
      text(edge.rate, rate > 0 && rate < 10 ? `${rate.toFixed(1)}/s` : `${words.whole(rate)}/s`);
      edge.line.classList.toggle('moving', rate > 0);
    }
    const holds = numbers.count('deadLetters') > 0;
    document.querySelectorAll('#flow .dead').forEach(group => group.classList.toggle('alarm', holds));
  }
}
