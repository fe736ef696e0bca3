// Numbers and events in words.

const plain = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
let meanings = new Map();

/** What events mean, by their names. */
export function learn(words) {
  meanings = new Map(Object.entries(words));
}

export const whole = number => plain.format(number);

/** An event by its name and what it means; null is the end of a sequence. */
export function event(name) {
  if (name === null || name === undefined) return 'the end of the sequence';
  const meaning = meanings.get(name);
  if (!meaning) return name;
  return meaning === 'the end of the sequence' ? meaning : `${name} ${meaning}`;
}

export function chance(probability) {
  if (probability === null || probability === undefined) return 'no chance that could be told';
  if (probability < 1e-9) return 'less than 1 chance in a billion';
  return probability < 0.1 ? `1 chance in ${whole(1 / probability)}` : `a chance of ${percent(probability)}`;
}

export function percent(probability) {
  const hundred = 100 * probability;
  if (hundred >= 99.95) return '100 %';
  if (hundred >= 10) return `${hundred.toFixed(0)} %`;
  return hundred < 0.05 ? 'under 0.1 %' : `${hundred.toFixed(1)} %`;
}

export function time(milliseconds) {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  if (milliseconds < 120000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${whole(milliseconds / 60000)} min`;
}

/** How little an event was expected: calm, odd or bad. */
export function mood(probability, rule) {
  if (probability === null || probability === undefined) return '';
  const limit = rule.probabilityBelow ?? 0.0005;
  if (probability < limit) return 'bad';
  return probability < Math.min(0.05, limit * 100) ? 'odd' : 'calm';
}

/** When an event is an anomaly, by the model's own rule. */
export function rule(of) {
  if (of.probabilityBelow) return `An event is an anomaly when the model had given it less than ${chance(of.probabilityBelow).replace(/^a chance of /, "")}.`;
  if (of.rankAbove) return `An event is an anomaly when it is not among the ${of.rankAbove} that the model had thought likeliest.`;
  return 'This model has no rule for what is an anomaly.';
}
