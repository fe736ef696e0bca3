import {byId, text} from './dom.js';
import {Anomalies} from './anomalies.js';
import {Flow} from './flow.js';
import {Numbers} from './numbers.js';
import {Sequences} from './sequences.js';
import {theme} from './theme.js';
import {WayDialog} from './way.js';
import * as words from './words.js';

theme();
const way = new WayDialog();
const open = (sequence, step) => way.open(sequence, step);
const numbers = new Numbers();
const anomalies = new Anomalies(open);
const sequences = new Sequences(open);
const flow = new Flow();
let newest = null; // the sample to be drawn next; those before it are skipped
let paused = false;

function status(said, state) {
  text(byId('status'), said);
  byId('status').dataset.state = state;
}

function draw() {
  const sample = newest;
  newest = null;
  if (sample === null || paused) return;
  const running = sample.state === 'RUNNING';
  status(running ? 'live' : sample.state.toLowerCase().replaceAll('_', ' '), running ? 'good' : 'bad');
  numbers.show(sample);
  flow.show(numbers);
  anomalies.show(sample.anomalies, sample.time);
  sequences.show(sample.sequences);
}

const server = new EventSource('dashboard/data/live');
server.addEventListener('hello', message => {
  const hello = JSON.parse(message.data);
  words.learn(hello.words);
  way.end = hello.end ?? null;
  anomalies.end = way.end;
  way.rule = hello.model.rule;
  sequences.rule = hello.model.rule;
  text(byId('rule'), words.rule(hello.model.rule));
  text(byId('about'), `Model ${hello.model.name}: ${hello.model.layers.join(', ')}. Each event moves the state of its own sequence one step on.`);
  document.title = `${hello.flow.application} · lstm-streams`;
  numbers.history(hello.history);
  flow.draw(hello.flow, hello.model);
});
server.addEventListener('sample', message => {
  if (newest === null) requestAnimationFrame(draw);
  newest = JSON.parse(message.data);
});
server.addEventListener('error', () => status('no connection, trying again', 'bad'));

byId('find').addEventListener('submit', submit => {
  submit.preventDefault();
  const id = byId('id').value.trim();
  if (id) open(id);
});
byId('pause').addEventListener('click', () => {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
  text(byId('pause'), paused ? 'Go on' : 'Pause');
  if (paused) status('paused', '');
});
