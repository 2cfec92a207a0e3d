import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import {
  Alert,
  Badge,
  Breadcrumbs,
  Button,
  Checkbox,
  CustomSelect,
  DataTable,
  DropdownMenu,
  Input,
  LoadingIndicator,
  SearchInput,
  Separator,
  Skeleton,
  Spinner,
  Switch,
  Tabs,
  Text,
  Tooltip,
} from "../index.ts";

const html = (element: ReactElement): string => renderToStaticMarkup(element);
const rows = [
  { id: "a", title: "Beta", value: 10 },
  { id: "b", title: "Alpha", value: 9 },
];
const columns = [
  { key: "title", header: "Title", sortable: true },
  { key: "value", header: "Value" },
];

describe("controls", () => {
  it("makes a button that never submits by accident and takes the old name of destructive", () => {
    expect(html(<Button>Save</Button>)).toContain('type="button"');
    expect(html(<Button variant="danger">Delete</Button>)).toContain("alga-button--destructive");
  });

  it("keeps a loading button focusable but inert", () => {
    const markup = html(
      <Button type="submit" loading>
        Save
      </Button>,
    );
    expect(markup).toContain('aria-disabled="true"');
    expect(markup).toContain('type="button"');
    expect(markup).not.toContain(' disabled=""');
  });

  it("ties label and error to a field", () => {
    const markup = html(<Input id="value" label="Value" error errorMessage="Must be a number" />);
    expect(markup).toContain('<label class="alga-label" for="value">');
    expect(markup).toContain('aria-invalid="true"');
    expect(markup).toContain('aria-describedby="value-error"');
    expect(markup).toContain('id="value-error"');
    expect(html(<Input aria-label="Plain" />)).not.toContain("aria-invalid");
  });

  it("shows the select's placeholder only while nothing is chosen", () => {
    const options = [{ value: "a", label: "A" }];
    expect(html(<CustomSelect aria-label="Kind" options={options} value={null} />)).toContain(
      "data-placeholder",
    );
    expect(html(<CustomSelect aria-label="Kind" options={options} value="a" />)).not.toContain(
      "data-placeholder",
    );
  });

  it("speaks a switch as a switch and wraps a checkbox in its label", () => {
    expect(html(<Switch checked label="Enabled" />)).toMatch(/role="switch"[^>]*checked=""/);
    expect(html(<Checkbox label="All" />)).toMatch(/^<label[^>]*><input[^>]*type="checkbox"/);
  });

  it("names a search field by its placeholder and clears only what is there", () => {
    expect(html(<SearchInput placeholder="Search calls" />)).toContain('aria-label="Search calls"');
    expect(html(<SearchInput />)).not.toContain("Clear search");
    expect(html(<SearchInput defaultValue="x" />)).toContain("Clear search");
  });

  it("renders menu and tooltip triggers as they are", () => {
    expect(html(<DropdownMenu trigger={<Button>Actions</Button>} items={[]} />)).toContain(
      'aria-haspopup="menu"',
    );
    expect(
      html(
        <Tooltip content="Why" disabled>
          <Button>Hover</Button>
        </Tooltip>,
      ),
    ).toBe(html(<Button>Hover</Button>));
  });
});

describe("content", () => {
  it("speaks danger at once and success politely", () => {
    expect(html(<Alert tone="danger">No</Alert>)).toContain('role="alert"');
    expect(html(<Alert tone="success">Yes</Alert>)).toContain('role="status"');
  });

  it("marks the current step of breadcrumbs", () => {
    const markup = html(<Breadcrumbs items={[{ label: "Home", href: "/" }, { label: "Here" }]} />);
    expect(markup).toMatch(/<a[^>]*href="\/"[^>]*>Home/);
    expect(markup).toMatch(/aria-current="page"[^>]*>Here/);
  });

  it("hides skeletons, names spinners and renders text as what it is asked to be", () => {
    expect(html(<Skeleton lines={3} />).match(/alga-skeleton--text/g)).toHaveLength(3);
    expect(html(<Skeleton />)).toContain('aria-hidden="true"');
    expect(html(<Spinner />)).toContain('aria-label="Loading"');
    expect(html(<LoadingIndicator />)).toContain("Loading");
    expect(html(<Text as="p">x</Text>)).toMatch(/^<p /);
    expect(html(<Badge tone="success">ok</Badge>)).toContain("alga-badge--success");
    expect(html(<Separator orientation="vertical" />)).toContain('aria-orientation="vertical"');
  });

  it("shows the panel of the chosen tab", () => {
    const markup = html(
      <Tabs
        defaultActiveKey="b"
        tabs={[
          { key: "a", label: "A", content: "panel a" },
          { key: "b", label: "B", content: "panel b" },
        ]}
      />,
    );
    expect(markup).toContain("panel b");
    expect(markup).not.toContain("panel a");
  });
});

describe("DataTable", () => {
  it("sorts and says so on the column", () => {
    const markup = html(<DataTable aria-label="Rows" columns={columns} data={rows} initialSortKey="title" />);
    expect(markup).toMatch(/aria-sort="ascending"[^>]*><button/);
    expect(markup.indexOf("Alpha")).toBeLessThan(markup.indexOf("Beta"));
    expect(markup.match(/aria-sort/g)).toHaveLength(1);
  });

  it("pages", () => {
    const markup = html(
      <DataTable aria-label="Rows" columns={columns} data={rows} paginate defaultPageSize={1} />,
    );
    expect(markup).toContain("Beta");
    expect(markup).not.toContain("Alpha");
    expect(markup).toContain('aria-label="Rows pages"');
  });

  it("gives a clickable row a button in its first cell", () => {
    const markup = html(
      <DataTable aria-label="Rows" columns={columns} data={rows} onRowClick={() => undefined} />,
    );
    expect(markup.match(/alga-table__open/g)).toHaveLength(2);
  });

  it("offers details only where there are some", () => {
    const markup = html(
      <DataTable
        aria-label="Rows"
        columns={columns}
        data={rows}
        rowLabel={({ title }) => title}
        renderDetail={(row) => (row.value > 9 ? "more" : null)}
      />,
    );
    expect(markup.match(/aria-expanded="false"/g)).toHaveLength(1);
    expect(markup).toContain('aria-label="Details of Beta"');
    expect(markup).not.toContain("more");
  });

  it("says that there is nothing, and that it is loading", () => {
    expect(html(<DataTable aria-label="Rows" columns={columns} data={[]} emptyMessage="None" />)).toContain(
      "None",
    );
    expect(html(<DataTable aria-label="Rows" columns={columns} data={[]} loading />)).toContain(
      'aria-busy="true"',
    );
  });
});

it("puts no style element into the page", () => {
  expect(
    html(<DataTable caption="Rows" columns={columns} data={rows} paginate responsiveColumns />),
  ).not.toContain("<style");
});
