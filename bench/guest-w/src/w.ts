interface Item {
  readonly price: number;
  readonly qty: number;
}

let calls = 0;

/**
 * The unit of work W, the same text in every JavaScript guest of the comparison: about 1 KB of JSON in and out.
 *
 * `n` counts calls in module state, so a fresh or restored instance answers 1. `/loop` never returns, `/mem` allocates
 * about 3 GB in typed arrays.
 */
export function W(method: string, url: string, text: string): string {
  calls++;
  if (url === "/loop") for (;;);
  if (url === "/mem") {
    const kept: Uint8Array[] = [];
    for (let i = 0; i < 3072; i++) kept.push(new Uint8Array(1 << 20).fill(1));
    return `allocated ${kept.length}`;
  }
  const d = JSON.parse(text) as { min: number; items: Item[] };
  const min = d.min;
  const rows = d.items.filter((x) => x.price >= min);
  rows.sort((a, b) => b.price - a.price);
  let sum = 0;
  let qty = 0;
  for (const r of rows) {
    sum += r.price * r.qty;
    qty += r.qty;
  }
  return JSON.stringify({
    ok: true,
    n: calls,
    method,
    url,
    rows: rows.length,
    sum: Math.round(sum * 100) / 100,
    qty,
    items: rows,
  });
}
