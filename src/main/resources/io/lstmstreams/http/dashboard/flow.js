import {byId, svg, text} from './dom.js';
import * as words from './words.js';

const HEIGHT = 54;

/** The topology: topics, the step and the store of the states, with how many records a second go where. */
export class Flow {
  /** @param flow names of the topics, null for those that there are not */
  draw(flow, model) {
    const picture = byId('flow');
    picture.replaceChildren();
    const arrow = svg('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto', markerUnits: 'userSpaceOnUse'});
    arrow.append(svg('path', {d: 'M0 0L8 4L0 8Z'}));
    const definitions = svg('defs', {});
    definitions.append(arrow);
    picture.append(definitions);
    this.edges = [];
    const wide = flow.repartition;
    const step = {x: wide ? 450 : 380, y: 70, width: 210};
    node(picture, {x: 10, y: 70, width: 190, kind: 'topic of events', name: flow.input});
    if (wide) {
      node(picture, {x: 258, y: 70, width: 138, kind: 'repartitioned', name: 'by sequence'});
      this.edge(picture, 200, 97, 258, 97, 'steps', '', 229, 60, true);
      this.edge(picture, 396, 97, step.x, 97, 'steps', '');
    } else {
      this.edge(picture, 200, 97, step.x, 97, 'steps', '');
    }
    node(picture, {...step, kind: `step: ${model.layers.join(', ')}`, name: model.name ?? 'model', group: 'step'});
    node(picture, {...step, y: 214, kind: 'a state for each sequence', name: flow.store});
    this.edge(picture, step.x + step.width / 2, 124, step.x + step.width / 2, 214, 'steps', '', step.x + step.width / 2, 174);
    node(picture, {x: 730, y: 214, width: 260, kind: 'changelog topic of the states', name: flow.changelog});
    this.edge(picture, step.x + step.width, 241, 730, 241, null, 'with each commit');
    const targets = [
      flow.results && {name: flow.results, kind: 'topic of results', counter: 'steps'},
      flow.verdicts && {name: flow.verdicts, kind: 'topic of verdicts', counter: 'ended'},
      flow.deadLetters && {name: flow.deadLetters, kind: 'topic of dead letters', counter: 'deadLetters', group: 'dead'},
    ].filter(Boolean);
    targets.forEach((target, i) => {
      const y = targets.length === 1 ? 70 : 5 + i * 65;
      node(picture, {x: 800, y, width: 190, ...target});
      this.edge(picture, step.x + step.width, 97, 800, y + 27, target.counter, '', undefined, undefined, false, target.group);
    });
    text(byId('flow-text'), `${flow.input} to the step, from there to ${targets.map(target => target.name).join(', ')}; states in ${flow.store}, with the changelog topic ${flow.changelog}`);
  }

  edge(picture, x1, y1, x2, y2, counter, label, labelX, labelY, silent, group) {
    const box = svg('g', {class: group ?? ''});
    const bend = Math.abs(x2 - x1) / 2;
    const d = x1 === x2 ? `M${x1} ${y1}L${x2} ${y2}` : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
    const line = svg('path', {d, 'marker-end': 'url(#arrow)'});
    const rate = svg('text', {x: labelX ?? (counter ? x2 - 18 : (x1 + x2) / 2), y: labelY ?? y2 - 9, 'text-anchor': labelX || !counter ? 'middle' : 'end', class: counter ? 'rate' : 'kind'});
    rate.textContent = label;
    box.append(line, rate);
    picture.append(box);
    if (counter && !silent) this.edges.push({line, rate, counter});
  }

  show(numbers) {
    for (const edge of this.edges ?? []) {
      const rate = numbers.rate(edge.counter);
      text(edge.rate, rate > 0 && rate < 10 ? `${rate.toFixed(1)}/s` : `${words.whole(rate)}/s`);
      edge.line.classList.toggle('moving', rate > 0);
    }
  }
}

function node(picture, {x, y, width, kind, name, group}) {
  const box = svg('g', {class: group ?? ''});
  const above = svg('text', {x: x + 14, y: y + 21, class: 'kind'});
  above.textContent = kind;
  const below = svg('text', {x: x + 14, y: y + 41});
  const most = Math.floor((width - 24) / 7.6);
  below.textContent = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  const whole = svg('title', {});
  whole.textContent = name;
  box.append(svg('rect', {x, y, width, height: HEIGHT, rx: 10}), above, below, whole);
  picture.append(box);
}
