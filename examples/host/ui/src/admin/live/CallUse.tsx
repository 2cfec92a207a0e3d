import type { DebugEntry } from "@alga-ext/gateway";
import { DataTable } from "@alga-ext/ui-kit";
import type { ReactElement } from "react";
import { formatBytes, formatCount } from "../parts/format.ts";
import { nameOf } from "./name-of.ts";

type Usage = NonNullable<DebugEntry["call"]>["usage"];

/** What a call asked of the host and of the outside. */
export function CallUse({ usage }: { readonly usage: Usage }): ReactElement {
  const { capabilities = [], egress = [] } = usage ?? {};
  return (
    <section className="acme-part">
      <h3>Capability use</h3>
      <DataTable
        aria-label="Capability use"
        data={capabilities}
        rowKey={({ target }) => target}
        emptyMessage="It asked the host for nothing."
        paginate={false}
        columns={[
          { key: "target", header: "Function", render: ({ target }) => <code>{nameOf(target)}</code> },
          count("Calls", ({ calls }) => formatCount(calls)),
          count("Failed", ({ failed }) => formatCount(failed)),
          count("Denied", ({ denied }) => formatCount(denied)),
          count("ms", ({ ms }) => `${ms}`),
        ]}
      />
      {egress.length > 0 && (
        <DataTable
          aria-label="Requests to the outside"
          data={egress}
          rowKey={({ host }) => host}
          paginate={false}
          columns={[
            { key: "host", header: "Host", render: ({ host }) => <code>{host}</code> },
            {
              ...RIGHT,
              key: "requests",
              header: "Requests",
              render: ({ requests }) => formatCount(requests),
            },
            { ...RIGHT, key: "failed", header: "Failed", render: ({ failed }) => formatCount(failed) },
            { ...RIGHT, key: "bytes", header: "Bytes", render: ({ bytes }) => formatBytes(bytes) },
            { ...RIGHT, key: "ms", header: "ms", render: ({ ms }) => `${Math.round(ms)}` },
          ]}
        />
      )}
    </section>
  );
}

type CapabilityUse = NonNullable<NonNullable<Usage>["capabilities"]>[number];

const RIGHT = { width: 80, align: "end" } as const;

function count(header: string, render: (use: CapabilityUse) => string) {
  return { ...RIGHT, key: header, header, render };
}
