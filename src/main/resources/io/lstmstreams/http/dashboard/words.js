// Numbers and events in words.

const plain = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
let meanings = new Map();

/** Takes over the meanings of events, by event name. */
export function learn(words) {
  meanings = new Map(Object.entries(words));
}

export const whole = number => plain.format(number);

/** Returns an event's name and meaning. null is the end of a sequence. */
export function event(name) {
  if (name === null || name === undefined) return 'the end of the sequence';
  const meaning = meanings.get(name);
  if (!meaning) return String(name);
  return meaning === 'the end of the sequence' ? meaning : `${name} ${meaning}`;
}

export function chance(probability) {
  if (probability === null || probability === undefined) return 'a probability that is not a number';
  if (probability < 1e-9) return 'less than 1 chance in a billion';
  return probability < 0.1 ? `1 chance in ${whole(1 / probability)}` : `a chance of ${percent(probability)}`;
}

export function percent(probability) {
  const hundred = 100 * probability;
  if (hundred >= 99.95) return '100 %';
  if (hundred >= 10) return `${hundred.toFixed(0)} %`;
  return hundred < 0.05 ? 'under 0.1 %' : `${hundred.toFixed(1)} %`;
}

/** Returns a share of a count as a percentage. */
export function share(part, whole) {
  return part === 0 ? '0 %' : percent(part / whole);
}

export function time(milliseconds) {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 120000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${whole(milliseconds / 60000)} min`;
}

/** Returns how unexpected an event was: calm, odd or bad. */
export function mood(probability, rule) {
  if (probability === null || probability === undefined) return '';
  const limit = rule.probabilityBelow ?? 0.0005;
  if (probability < limit) return 'bad';
  return probability < Math.min(0.05, limit * 100) ? 'odd' : 'calm';
}

/** Returns the model's scoring rule as a sentence. */
export function rule(of) {
  if (of.probabilityBelow) return `An event is an anomaly if the model gave it less than ${chance(of.probabilityBelow).replace(/^a chance of /, '')}.`;
  if (of.rankAbove) return `An event is an anomaly if it is not among the ${of.rankAbove} events that the model expected most.`;
  return 'This model has no scoring rule, so no event is an anomaly.';
}
