import type { HostCapability, HostCapabilityRequest } from "@alga-ext/gateway";
import { describe, expect, it } from "vitest";
import { createDemoProduct } from "./demo-product.ts";
import { invoicingCapability } from "./invoicing.ts";
import { clientsCapability, servicesCapability } from "./reading.ts";

const product = createDemoProduct({
  clients: (tenantId) =>
    tenantId === "acme"
      ? Array.from({ length: 30 }, (_, index) => ({
          id: `c-${index}`,
          name: `Client ${String(index).padStart(2, "0")}`,
        }))
      : [{ id: "c-x", name: "Other" }],
});
const now = () => Date.parse("2026-03-04T05:06:07Z");
const ask = async (
  capability: HostCapability,
  body: HostCapabilityRequest["body"],
  scope: Partial<HostCapabilityRequest> = {},
) =>
  await capability.call({ tenantId: "acme", installId: "i", extensionId: "e", user: null, body, ...scope });

describe("clients", () => {
  const clients = clientsCapability(product);

  it("lists by name, in pages, one tenant's own", async () => {
    const second = await ask(clients, { operation: "list", input: { page: 2, pageSize: 20 } });
    expect(second).toMatchObject({ status: 200, body: { totalCount: 30, page: 2, pageSize: 20 } });
    expect(
      (second.body as { items: { clientName: string }[] }).items.map(({ clientName }) => clientName)[0],
    ).toBe("Client 20");
    expect(await ask(clients, { operation: "list", input: { search: " client 07 " } })).toMatchObject({
      body: { totalCount: 1, items: [{ clientId: "c-7" }] },
    });
    expect(await ask(clients, { operation: "list" }, { tenantId: "globex" })).toMatchObject({
      body: { totalCount: 1 },
    });
  });

  it("gets one, or none", async () => {
    expect(await ask(clients, { operation: "get", input: { clientId: "c-3" } })).toMatchObject({
      body: { item: { clientName: "Client 03" } },
    });
    expect(await ask(clients, { operation: "get", input: { clientId: "c-x" } })).toEqual({
      status: 200,
      body: { item: null },
    });
  });

  it("is for people who may see clients, and for extensions on their own", async () => {
    const list = { operation: "list" };
    await expect(ask(clients, list, { user: { userId: "u", userType: "client" } })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    expect(await ask(clients, list, { user: { userId: "u", userType: "internal" } })).toMatchObject({
      status: 200,
    });
  });

  it.each([
    { operation: "drop" },
    { operation: "get", input: {} },
    { operation: "get", input: { clientId: 1 } },
    { operation: "list", input: [] },
    { operation: "list", input: { page: 0 } },
    { operation: "list", input: { pageSize: 101 } },
    { operation: "list", input: { page: 1.5 } },
    { operation: "list", input: { search: "x".repeat(201) } },
    { operation: "list", input: { includeInactive: "yes" } },
  ])("refuses %j", async (body) => {
    await expect(ask(clients, body)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("services", () => {
  const services = servicesCapability(product);
  const names = async (input: { [key: string]: string | boolean }) => {
    const { body } = await ask(services, { operation: "list", input });
    return (body as { items: { serviceId: string }[] }).items.map(({ serviceId }) => serviceId);
  };

  it("filters by kind, billing and state", async () => {
    expect(await names({})).toHaveLength(4);
    expect(await names({ itemKind: "product" })).toEqual(["prd-laptop"]);
    expect(await names({ billingMethod: "hourly" })).toEqual(["svc-support"]);
    expect(await names({ isActive: false })).toEqual(["svc-fax"]);
    expect(await names({ search: "lt-14" })).toEqual(["prd-laptop"]);
    await expect(names({ itemKind: "thing" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});

describe("invoicing", () => {
  const invoicing = invoicingCapability(product, { now });
  const line = { serviceId: "svc-support", quantity: 1.5, description: "Work", rate: 9_500.4 };
  const create = { operation: "createManualInvoice", clientId: "c-1", items: [line] };

  it("makes a draft in whole minor units, for whom it was asked", async () => {
    const user = { userId: "ada", userType: "internal" };
    expect(await ask(invoicing, create, { user })).toMatchObject({
      status: 201,
      body: {
        success: true,
        invoice: { invoiceNumber: "D-0001", status: "draft", subtotal: 14_250, total: 14_250 },
      },
    });
    expect(product.invoices("acme")[0]).toMatchObject({
      createdBy: "ada",
      invoiceDate: "2026-03-04",
      dueDate: "2026-03-04",
    });
    await ask(invoicing, { ...create, invoiceDate: "2026-01-31" });
    expect(product.invoices("acme")[1]).toMatchObject({ createdBy: "extension:i", dueDate: "2026-01-31" });
    expect(product.invoices("globex")).toEqual([]);
  });

  it("takes discounts off, down to nothing", async () => {
    const discount = (rate: number, discountType: string) => ({
      ...line,
      quantity: 1,
      rate,
      isDiscount: true,
      discountType,
    });
    const subtotal = async (items: object[]) => {
      const { body } = await ask(invoicing, { ...create, items: items as never });
      return (body as { invoice: { subtotal: number } }).invoice.subtotal;
    };
    const charged = { ...line, quantity: 1, rate: 1_000 };
    expect(await subtotal([charged, discount(10, "percentage")])).toBe(900);
    expect(await subtotal([charged, discount(250, "fixed")])).toBe(750);
    expect(await subtotal([charged, discount(5_000, "fixed")])).toBe(0);
  });

  it("names every field that is wrong, and keeps nothing", async () => {
    const before = product.invoices("acme").length;
    const wrong = {
      ...create,
      clientId: "c-x",
      items: [{ ...line, quantity: 0, rate: -1 }, null],
      dueDate: "soon",
      poNumber: 7,
    };
    expect(await ask(invoicing, wrong as never)).toMatchObject({
      status: 400,
      body: {
        success: false,
        fieldErrors: {
          clientId: expect.any(String),
          dueDate: expect.any(String),
          poNumber: expect.any(String),
          "items[0].quantity": expect.any(String),
          "items[0].rate": expect.any(String),
          "items[1].serviceId": expect.any(String),
        },
      },
    });
    expect(await ask(invoicing, { ...create, items: [] })).toMatchObject({ status: 400 });
    await expect(ask(invoicing, { operation: "list" })).rejects.toMatchObject({ code: "INVALID_INPUT" });
    await expect(ask(invoicing, create, { user: { userId: "u", userType: "client" } })).rejects.toMatchObject(
      {
        code: "NOT_ALLOWED",
      },
    );
    expect(product.invoices("acme")).toHaveLength(before);
  });
});
