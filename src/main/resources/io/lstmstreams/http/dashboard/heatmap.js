// Colours for numbers, and heat maps of tables of numbers.

const RAMPS = {
  light: {gate: [[247, 250, 252], [125, 190, 190], [8, 63, 76]], sign: [[33, 84, 170], [250, 250, 250], [196, 76, 14]]},
  dark: {gate: [[16, 24, 32], [26, 120, 122], [196, 255, 240]], sign: [[92, 160, 255], [18, 25, 33], [255, 148, 64]]},
};

/** Returns a function from 0..1 to a colour. For the kind "sign", 0.5 stands for zero. */
export function ramp(kind) {
  const [low, middle, high] = RAMPS[document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'][kind];
  return part => {
    const at = Math.max(0, Math.min(1, part)) * 2;
    const [from, to, share] = at <= 1 ? [low, middle, at] : [middle, high, at - 1];
    return from.map((value, i) => Math.round(value + (to[i] - value) * share));
  };
}

/** Sets a canvas to its size in device pixels. */
function fit(canvas) {
  const scale = window.devicePixelRatio || 1;
  const width = Math.max(1, Math.round(canvas.clientWidth * scale));
  const height = Math.max(1, Math.round(canvas.clientHeight * scale));
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  return {width, height, scale, pen: canvas.getContext('2d')};
}

/**
 * Draws a table: steps from left to right, units from top to bottom.
 * @param rows [step][unit] of numbers, a row may be null
 * @param order the unit of each row of the picture
 * @param most the numbers' range is -most to most, or 0 to 1 if most is null
 */
export function draw(canvas, rows, order, most, step, place, anomalous) {
  const {width, height, scale, pen} = fit(canvas);
  const colour = ramp(most === null ? 'gate' : 'sign');
  const ink = getComputedStyle(canvas).getPropertyValue('--ink');
  const bad = getComputedStyle(canvas).getPropertyValue('--bad');
  pen.clearRect(0, 0, width, height);
  const x = i => Math.round(width * i / rows.length);
  const y = i => Math.round(height * i / order.length);
  rows.forEach((row, i) => {
    if (row === null) return;
    order.forEach((unit, j) => {
      const value = row[unit];
      const [r, g, b] = value === null ? [128, 128, 128] : colour(most === null ? value : (value / most + 1) / 2);
      pen.fillStyle = `rgb(${r} ${g} ${b})`;
      pen.fillRect(x(i), y(j), x(i + 1) - x(i), y(j + 1) - y(j));
    });
  });
  pen.lineWidth = 2 * scale;
  pen.fillStyle = bad;
  for (const i of anomalous) pen.fillRect(x(i), 0, x(i + 1) - x(i), 4 * scale);
  pen.strokeStyle = ink;
  pen.strokeRect(x(step), scale, x(step + 1) - x(step), height - 2 * scale);
  pen.strokeRect(x(step), y(place) - scale, x(step + 1) - x(step), y(place + 1) - y(place) + 2 * scale);
}

/** Draws the colours from the least to the greatest number. */
export function legend(canvas, kind) {
  const {width, height, pen} = fit(canvas);
  const colour = ramp(kind);
  for (let i = 0; i < width; i++) {
    const [r, g, b] = colour(i / Math.max(1, width - 1));
    pen.fillStyle = `rgb(${r} ${g} ${b})`;
    pen.fillRect(i, 0, 1, height);
  }
}
