import {byId, svg, text} from './dom.js';
import * as words from './words.js';

const RATE_OVER = 2000; // milliseconds
const CHART_OVER = 5 * 60 * 1000;
const IDLE_AFTER = 60 * 1000;
const IDLE = 'no events in the last minute';

/** The counters, and a chart of the events per second in the last minutes. */
export class Numbers {
  constructor() {
    this.samples = []; // {time, steps, ...} of the last seconds
    this.points = []; // [time, steps], one per second
    this.area = svg('path', {class: 'area'});
    this.line = svg('path', {class: 'line'});
    byId('chart').append(this.area, this.line);
  }

  history(points) {
    this.points = points.map(([time, steps]) => [time, steps]);
    this.samples = [];
  }

  show(sample) {
    const counts = sample.counts;
    this.isIdle = this.stepsBefore(sample.time - IDLE_AFTER) === counts.steps;
    this.samples.push({time: sample.time, ...counts});
    while (this.samples.length > 2 && this.samples[0].time < sample.time - RATE_OVER) this.samples.shift();
    text(byId('rate'), words.whole(this.rate('steps')));
    text(byId('steps'), words.whole(counts.steps));
    byId('steps').dataset.value = counts.steps;
    text(byId('live'), words.whole(counts.live));
    text(byId('started'), words.whole(counts.started));
    text(byId('ended'), words.whole(counts.ended));
    alarm(byId('anomalous'), counts.anomalous);
    text(byId('share'), counts.ended ? `${words.share(counts.anomalous, counts.ended)} of the ended sequences` : 'counts ended sequences; none yet');
    alarm(byId('dead'), counts.deadLetters);
    text(byId('p50'), sample.latency ? words.time(sample.latency.p50) : '–');
    text(byId('p99'), sample.latency ? words.time(sample.latency.p99) : '–');
    text(byId('latency-note'), sample.latency ? 'median' : this.isIdle ? IDLE
      : this.rate('steps') > 0 ? 'not available: timestamps are not current' : 'no events in the last seconds');
    this.draw(sample.time, counts.steps);
  }

  /** Returns the number of steps at a time, or 0 if the instance has started since. */
  stepsBefore(time) {
    return this.points.findLast(point => point[0] <= time)?.[1] ?? 0;
  }

  /** Returns the latest value of a counter. */
  count(counter) {
    return this.samples[this.samples.length - 1][counter];
  }

  /** Returns the growth of a counter per second, over the last two seconds. */
  rate(counter) {
    const first = this.samples[0];
    const last = this.samples[this.samples.length - 1];
    return last.time > first.time ? 1000 * (last[counter] - first[counter]) / (last.time - first.time) : 0;
  }

  draw(time, steps) {
    const last = this.points[this.points.length - 1];
    if (last && time - last[0] < 1000) return;
    this.points.push([time, steps]);
    while (this.points[0][0] < time - CHART_OVER) this.points.shift();
    const rates = [];
    for (let i = 1; i < this.points.length; i++) {
      const seconds = (this.points[i][0] - this.points[i - 1][0]) / 1000;
      if (seconds > 0) rates.push([this.points[i][0], Math.max(0, this.points[i][1] - this.points[i - 1][1]) / seconds]);
    }
    if (rates.length < 2) return;
    const top = Math.max(1, ...rates.map(rate => rate[1])) * 1.1;
    const begin = rates[0][0];
    const x = at => 300 * (at - begin) / Math.max(1, time - begin);
    const y = rate => 58 - 56 * rate / top;
    const line = rates.map(([at, rate], i) => `${i ? 'L' : 'M'}${x(at).toFixed(1)} ${y(rate).toFixed(1)}`).join('');
    this.line.setAttribute('d', line);
    this.area.setAttribute('d', `${line}L300 60L0 60Z`);
    const seconds = Math.round((time - begin) / 1000);
    text(byId('chart-begin'), seconds < 120 ? `${seconds} s ago` : `${Math.round(seconds / 60)} min ago`);
    text(byId('chart-top'), this.isIdle ? IDLE : `peak ${words.whole(Math.max(...rates.map(rate => rate[1])))} per second`);
  }
}

/** Shows a number, in the alarm colour unless it is 0. */
function alarm(element, number) {
  text(element, words.whole(number));
  element.classList.toggle('alarm', number > 0);
}
