interface Item {
  readonly price: number;
  readonly qty: number;
}

let calls = 0;

/** The unit of work: parse about 1 KB of JSON, filter, sort, sum, answer about 1 KB; counts its calls in module state. */
export function work(text: string): string {
  calls++;
  const { min, items } = JSON.parse(text) as { min: number; items: Item[] };
  const rows = items.filter((item) => item.price >= min).sort((a, b) => b.price - a.price);
  let sum = 0;
  for (const row of rows) sum += row.price * row.qty;
  return JSON.stringify({
    ok: true,
    n: calls,
    rows: rows.length,
    sum: Math.round(sum * 100) / 100,
    items: rows,
  });
}
