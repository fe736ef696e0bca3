import {byId, text} from './dom.js';
import {Anomalies} from './anomalies.js';
import {Flow} from './flow.js';
import {Numbers} from './numbers.js';
import {Sequences} from './sequences.js';
import {theme} from './theme.js';
import {HistoryDialog} from './history.js';
import * as words from './words.js';

theme();
const dialog = new HistoryDialog();
const open = (sequence, step) => dialog.open(sequence, step);
const numbers = new Numbers();
const anomalies = new Anomalies(open);
const sequences = new Sequences(open);
const flow = new Flow();
let newest = null; // the sample to draw next; earlier samples are skipped
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
  if (dialog.isOpen) return; // the rows stay, so that the dialog can give the focus back
  anomalies.show(sample.anomalies, sample.time);
  sequences.show(sample.sequences, numbers.isIdle);
}

const server = new EventSource('dashboard/data/live');
server.addEventListener('hello', message => {
  const hello = JSON.parse(message.data);
  words.learn(hello.words);
  dialog.end = hello.end ?? null;
  anomalies.end = dialog.end;
  dialog.rule = hello.model.rule;
  sequences.rule = hello.model.rule;
  text(byId('rule'), words.rule(hello.model.rule));
  text(byId('about'), `Model ${hello.model.name}: ${hello.model.layers.join(', ')}. Each event advances its own sequence by one step.`);
  document.title = `${hello.flow.application} · lstm-streams`;
  numbers.history(hello.history);
  flow.draw(hello.flow, hello.model);
});
server.addEventListener('sample', message => {
  if (newest === null) requestAnimationFrame(draw);
  newest = JSON.parse(message.data);
});
server.addEventListener('error', () => status('no connection, retrying', 'bad'));

byId('find').addEventListener('submit', submit => {
  submit.preventDefault();
  const id = byId('id').value.trim();
  if (id) open(id);
});
byId('pause').addEventListener('click', () => {
  paused = !paused;
  text(byId('pause'), paused ? 'Resume' : 'Pause');
  if (paused) status('paused', '');
});
