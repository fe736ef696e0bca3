import {arrows, byId, make, text} from './dom.js';
import {bars} from './bars.js';
import {Inside} from './inside.js';
import * as words from './words.js';

const ENDED = {'end-record': 'by a record that said so', idle: 'for want of events', 'max-steps': 'at the most events that it may have'};
const AGAIN = 1000; // milliseconds until a sequence that goes on is asked for again

/** The way of one sequence, in a dialog. */
export class WayDialog {
  constructor() {
    this.inside = new Inside(step => this.select(step));
    this.rule = {};
    byId('way-close').addEventListener('click', () => byId('way').close());
    byId('way').addEventListener('close', () => this.closed());
    arrows(byId('strip'), '[role="option"]', 'ArrowLeft', 'ArrowRight');
    byId('strip').addEventListener('focusin', focus => {
      const at = [...byId('strip').children].indexOf(focus.target);
      if (at >= 0 && at !== this.at) this.select(at);
    });
  }

  /** @param step the number of the step to look at; the last one if it is not given */
  open(sequence, step) {
    this.sequence = sequence;
    this.wanted = step;
    this.way = null;
    this.follows = step === undefined;
    text(byId('way-title'), sequence);
    byId('way-body').hidden = true;
    this.say('Looking for it …', '');
    if (!byId('way').open) byId('way').showModal();
    this.fetch(sequence);
  }

  closed() {
    clearTimeout(this.timer);
    this.sequence = null;
    this.way = null;
  }

  async fetch(sequence) {
    clearTimeout(this.timer);
    let goesOn = true;
    try {
      const anomaly = this.wanted === undefined ? '' : `&anomaly=${this.wanted}`;
      const answer = await fetch(`dashboard/data/way?sequence=${encodeURIComponent(sequence)}${anomaly}`);
      const body = await answer.json();
      if (this.sequence !== sequence) return;
      if (answer.ok) {
        goesOn = !body.verdict;
        this.show(body);
      } else if (!this.way) {
        this.say(body.error, '');
      }
    } catch (failure) {
      if (this.sequence === sequence && !this.way) this.say('The server does not answer.', '');
    }
    if (goesOn && this.sequence === sequence) this.timer = setTimeout(() => this.fetch(sequence), AGAIN);
  }

  say(note, kind) {
    text(byId('way-note'), note);
    byId('way-note').dataset.kind = kind;
  }

  show(way) {
    const grown = this.way === null || this.way.steps.length !== way.steps.length || this.way.first !== way.first
      || Boolean(this.way.verdict) !== Boolean(way.verdict);
    if (!grown) return;
    const focus = this.way === null || byId('strip').contains(document.activeElement);
    this.way = way;
    byId('way-body').hidden = false;
    this.note(way);
    this.strip(way);
    byId('way-body').querySelector('.inside-head').hidden = way.layers.length === 0;
    let at = this.all.length - 1;
    if (!this.follows) {
      const found = this.all.findIndex(each => each.step === this.wanted);
      at = found < 0 ? at : found;
    }
    this.inside.show(way);
    this.select(at, true);
    if (focus) byId('strip').children[at]?.focus();
  }

  note(way) {
    const end = way.verdict ? ` It has ended, ${ENDED[way.verdict.ended]}, and is ${way.verdict.anomalous ? 'anomalous' : 'normal'}.` : ' It goes on.';
    const count = way.steps.length;
    if (count && way.first === 1) {
      this.say(`All of its ${words.whole(count)} events, stepped again from zeros with the stream's own weights: the same numbers to the last bit.${end}`, '');
    } else if (count) {
      this.say(`Partial: steps ${words.whole(way.first)} to ${words.whole(way.first + count - 1)}. The events before are not kept; these are stepped again from the state that was stored before them, so their numbers are exact.${end}`, 'partial');
    } else {
      this.say(`Partial: none of its events are kept, only its end and the state before it.${end}`, 'partial');
    }
  }

  /** Each event as a column; the end too, where the model has a say on it. */
  strip(way) {
    this.all = way.steps.map((step, i) => ({...step, expected: i ? way.steps[i - 1].next : way.expected}));
    if (way.verdict && way.verdict.probability !== null) {
      const last = this.all[this.all.length - 1];
      const others = this.all.some(step => step.anomalous);
      this.all.push({
        step: way.verdict.steps + 1, event: null, probability: way.verdict.probability,
        anomalous: way.verdict.anomalous && !others, expected: last ? last.next : way.expected, isEnd: true,
      });
    }
    byId('strip').replaceChildren(...this.all.map((step, i) => {
      const option = make('div');
      option.setAttribute('role', 'option');
      option.setAttribute('aria-label', `step ${step.step}: ${words.event(step.event)}, ${step.probability === undefined ? 'not scored' : words.chance(step.probability)}${step.anomalous ? ', anomaly' : ''}`);
      option.title = words.event(step.event);
      option.tabIndex = -1;
      const column = make('span', 'column');
      const bar = make('i', step.anomalous ? 'bad' : words.mood(step.probability, this.rule));
      const surprise = step.probability === undefined || step.probability === null ? 0 : -Math.log10(Math.max(1e-6, step.probability));
      bar.style.height = `${4 + 7 * surprise}px`;
      column.append(bar);
      option.append(column, make('span', 'symbol', step.isEnd ? 'end' : step.event ?? '–'), make('span', 'number-of', step.isEnd ? '' : String(step.step)));
      option.addEventListener('click', () => this.select(i));
      return option;
    }));
  }

  /** @param at the place of a step among those that are known, from 0 */
  select(at, isFirst) {
    const step = this.all[at];
    if (!step) return;
    this.at = at;
    if (!isFirst) {
      this.wanted = step.step;
      this.follows = false;
    }
    [...byId('strip').children].forEach((option, i) => {
      option.setAttribute('aria-selected', i === at);
      option.tabIndex = i === at ? 0 : -1;
    });
    const chosen = byId('strip').children[at];
    const strip = byId('strip');
    if (chosen.offsetLeft < strip.scrollLeft || chosen.offsetLeft + chosen.offsetWidth > strip.scrollLeft + strip.clientWidth) {
      strip.scrollLeft = chosen.offsetLeft - strip.clientWidth / 2;
    }
    this.explain(step);
    this.inside.at(Math.min(at, this.way.steps.length - 1));
  }

  explain(step) {
    const what = make('p');
    what.append(step.isEnd ? 'The sequence ' : `Step ${words.whole(step.step)}: `, make('b', '', step.isEnd ? 'ended' : words.event(step.event)), '. ');
    if (step.probability === undefined) {
      what.append('It is the first of its sequence, or this model predicts no events: it has no score.');
      byId('event').replaceChildren(what);
      return;
    }
    what.append(`The model had given it ${words.chance(step.probability)}${step.anomalous ? ': an anomaly' : ''}. It had expected:`);
    byId('event').replaceChildren(what, bars(step.expected, {event: step.event ?? this.end, probability: step.probability}, step.anomalous));
  }
}
