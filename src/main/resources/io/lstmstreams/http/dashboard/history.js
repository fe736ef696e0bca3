import {arrows, byId, make, text} from './dom.js';
import {bars} from './bars.js';
import {Inside} from './inside.js';
import * as words from './words.js';

const ENDED = {'end-record': 'with an end record', idle: 'after its idle timeout', 'max-steps': 'at the maximum number of steps'};
const REFRESH = 1000; // milliseconds
const NOT_FOUND = 404;
const UNAVAILABLE = 503; // for the moment
const TRIES = 3; // of steps after which this instance may have begun to record the sequence
const UNITS = 128; // as many as a history shows

/** The history of one sequence, in a dialog. */
export class HistoryDialog {
  constructor() {
    this.inside = new Inside(step => this.select(step));
    this.rule = {};
    this.end = null; // name of the end symbol
    byId('way-close').addEventListener('click', () => byId('way').close());
    byId('way').addEventListener('close', () => this.closed());
    arrows(byId('strip'), '[role="option"]', 'ArrowLeft', 'ArrowRight');
    byId('strip').addEventListener('focusin', focus => {
      const at = [...byId('strip').children].indexOf(focus.target);
      if (at >= 0 && at !== this.at) this.select(at);
    });
  }

  get isOpen() {
    return byId('way').open;
  }

  /** @param step the number of the step to select; the last one by default */
  open(sequence, step) {
    this.sequence = sequence;
    this.selected = step;
    this.history = null;
    this.tries = TRIES;
    this.follows = step === undefined;
    text(byId('way-title'), sequence);
    byId('way-body').hidden = true;
    this.say('Loading …', '');
    if (!this.isOpen) {
      this.opener = document.activeElement;
      byId('way').showModal();
    }
    this.refresh(sequence);
  }

  closed() {
    clearTimeout(this.timer);
    this.sequence = null;
    this.history = null;
    if (this.opener?.isConnected) this.opener.focus();
    this.opener = null;
  }

  /** Shows what the server knows of a sequence, and does so again later unless the answer is final. */
  async refresh(sequence) {
    clearTimeout(this.timer);
    let isFinal = false;
    try {
      isFinal = this.history?.isStored ? await this.showState(sequence) : await this.showHistory(sequence);
    } catch (failure) {
      if (this.sequence === sequence && !this.history) this.say('The server does not answer.', '');
    }
    if (!isFinal && this.sequence === sequence) this.timer = setTimeout(() => this.refresh(sequence), REFRESH);
  }

  /** Shows the recorded steps, or the stored state if this instance has recorded none. Returns true if the answer is final. */
  async showHistory(sequence) {
    const anomaly = this.selected === undefined ? '' : `&anomaly=${this.selected}`;
    const answer = await fetch(`dashboard/data/way?sequence=${encodeURIComponent(sequence)}${anomaly}`);
    const body = await answer.json();
    if (this.sequence !== sequence) return true;
    if (answer.ok) {
      this.show(body);
      return Boolean(body.verdict);
    }
    if (answer.status === NOT_FOUND) {
      if (!this.history) return this.showState(sequence);
      if (this.history.isStored) return false;
      this.say(`${byId('way-note').textContent} Its events are no longer recorded.`, 'partial');
      return true;
    }
    if (!this.history) this.say(sentence(body.error), '');
    return answer.status !== UNAVAILABLE;
  }

  /** Shows the stored state of a sequence, and its history as soon as there is one. Returns true if the answer is final. */
  async showState(sequence) {
    const answer = await fetch(`sequences/${encodeURIComponent(sequence)}`);
    const body = await answer.json();
    if (this.sequence !== sequence) return true;
    if (answer.ok) {
      const before = this.history;
      this.show(ofState(body));
      if (!before || body.step === before.first || this.tries === 0) return false;
      this.tries--;
      return this.showHistory(sequence);
    }
    if (!this.history) this.say(sentence(body.error), '');
    else if (answer.status === NOT_FOUND) this.say('The sequence has ended. This was its last state.', 'partial');
    return answer.status !== UNAVAILABLE;
  }

  say(note, kind) {
    text(byId('way-note'), note);
    byId('way-note').dataset.kind = kind;
  }

  show(history) {
    const isNew = this.history === null || this.history.steps.length !== history.steps.length || this.history.first !== history.first
      || Boolean(this.history.verdict) !== Boolean(history.verdict) || this.history.isStored !== history.isStored;
    if (!isNew) return;
    const focus = this.history === null || byId('strip').contains(document.activeElement);
    this.history = history;
    byId('way-body').hidden = false;
    this.note(history);
    this.strip(history);
    byId('way-body').querySelector('.inside-head').hidden = history.layers.length === 0;
    byId('way-body').querySelector('.readout').hidden = history.layers.length === 0;
    byId('inside-hint').hidden = history.layers.length === 0;
    let at = this.all.length - 1;
    if (!this.follows) {
      const found = this.all.findIndex(each => each.step === this.selected);
      at = found < 0 ? at : found;
    }
    this.inside.show(history);
    this.select(at, true);
    if (focus) byId('strip').children[at]?.focus();
  }

  note(history) {
    const count = history.steps.length;
    const end = history.verdict
      ? ` The sequence ended ${ENDED[history.verdict.ended]} and is ${history.verdict.anomalous ? 'anomalous' : 'normal'}.`
      : ' The sequence is live.';
    if (history.isStored) {
      const missing = history.missing ? ` Missing: ${history.missing}.` : '';
      this.say(`The stored state after step ${words.whole(history.first)}. This instance has not recorded the sequence's earlier events.${missing}`, 'partial');
    } else if (count && history.first === 1) {
      this.say(`All ${words.whole(count)} events, computed again from the zero state with the stream's weights: the numbers are the same to the last bit.${end}`, '');
    } else if (count) {
      this.say(`Partial: steps ${words.whole(history.first)} to ${words.whole(history.first + count - 1)}. Earlier events are not in memory. These steps are computed again from the state that was stored before them, so their numbers are exact.${end}`, 'partial');
    } else {
      this.say(`Partial: only the end and the state before it. The events are not in memory.${end}`, 'partial');
    }
  }

  /** Shows each event as a column, and the end too if the model scores it. */
  strip(history) {
    this.all = history.steps.map((step, i) => ({...step, expected: i ? history.steps[i - 1].next : history.expected}));
    if (history.verdict && history.verdict.probability !== null) {
      const last = this.all[this.all.length - 1];
      const others = this.all.some(step => step.anomalous);
      this.all.push({
        step: history.verdict.steps + 1, event: null, probability: history.verdict.probability,
        anomalous: history.verdict.anomalous && !others, expected: last ? last.next : history.expected, isEnd: true,
      });
    }
    byId('strip').replaceChildren(...this.all.map((step, i) => {
      const option = make('div');
      const name = this.name(step);
      option.setAttribute('role', 'option');
      option.title = name;
      option.tabIndex = -1;
      const column = make('span', 'column');
      const bar = make('i', step.anomalous ? 'bad' : words.mood(step.probability, this.rule));
      const surprise = step.probability === undefined || step.probability === null ? 0 : -Math.log10(Math.max(1e-6, step.probability));
      bar.style.height = `${4 + 7 * surprise}px`;
      column.append(bar);
      const score = step.probability === undefined ? 'not scored' : words.chance(step.probability);
      option.append(
        column,
        make('span', 'symbol', step.isEnd ? 'end' : step.event ?? '–'),
        make('span', 'number-of', step.isEnd ? '' : String(step.step)),
        make('span', 'hidden', `: ${name}, ${score}${step.anomalous ? ', anomaly' : ''}`),
      );
      option.addEventListener('click', () => this.select(i));
      return option;
    }));
  }

  name(step) {
    if (step.isEnd) return words.event(null);
    if (step.event !== null && step.event !== undefined) return words.event(step.event);
    return this.history.missing ? 'not stored' : 'a vector';
  }

  /** @param at index of the step among those shown */
  select(at, isFirst) {
    const step = this.all[at];
    if (!step) return;
    this.at = at;
    if (!isFirst) {
      this.selected = step.step;
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
    this.inside.at(Math.min(at, this.history.steps.length - 1));
  }

  explain(step) {
    const what = make('p');
    const isScored = step.probability !== undefined;
    if (step.isEnd) {
      what.append('The sequence ', make('b', '', 'ended'), ` after event ${words.whole(step.step - 1)}; the model gave that end `);
    } else {
      what.append(`Event ${words.whole(step.step)} was `, make('b', '', this.name(step)), isScored ? '; the model gave it ' : '. ');
    }
    if (isScored) what.append(words.chance(step.probability), step.anomalous ? ': an anomaly. ' : '. ');
    else if (!this.history.isStored) what.append('It has no score: it is the first of its sequence, or this model does not predict events.');
    if (this.history.isStored) {
      if (step.next.length) what.append('The model expects next:');
      byId('event').replaceChildren(what, bars(step.next, null, false));
    } else if (isScored) {
      what.append('It expected:');
      byId('event').replaceChildren(what, bars(step.expected, {event: step.event ?? this.end, probability: step.probability}, step.anomalous));
    } else {
      byId('event').replaceChildren(what);
    }
  }
}

/** Returns the current state of a sequence, as GET /sequences/{id} answers it, as a history of one step. */
function ofState(state) {
  const layers = (state.state ?? []).map((vectors, layer) => {
    const {h, c} = vectors;
    const tables = {...state.gates?.[layer], ...(c ? {c} : {}), h};
    const rows = Object.entries(tables).map(([name, row]) => [name, [row.slice(0, UNITS)]]);
    return {units: h.length, tables: Object.fromEntries(rows)};
  });
  const step = {step: state.step, event: state.event, next: state.next ?? [], ...state.score};
  return {isStored: true, missing: state.missing, first: state.step, expected: [], steps: [step], layers, verdict: null};
}

/** Returns an error of the server as a sentence. */
function sentence(error) {
  return `${error.charAt(0).toUpperCase()}${error.slice(1)}.`;
}
