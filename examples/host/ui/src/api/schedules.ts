import type { AdminSchedule } from "@alga-ext/registry";
import { extensionPath, request } from "./request.ts";

/** An endpoint that a schedule may call. */
export interface ScheduleEndpoint {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

/** What the form of a schedule sends; `payloadJson` is the text that was typed. */
export interface ScheduleForm {
  readonly endpointId: string;
  readonly cron: string;
  readonly timezone: string;
  readonly name: string | null;
  readonly payloadJson: string;
  readonly enabled: boolean;
}

/** Schedules of one install, oldest first. */
export async function listSchedules(extension: string): Promise<readonly AdminSchedule[]> {
  const path = `${extensionPath(extension)}/schedules`;
  return (await request<{ schedules: readonly AdminSchedule[] }>("GET", path)).schedules;
}

/** What schedules of an install may call. */
export async function listEndpoints(extension: string): Promise<readonly ScheduleEndpoint[]> {
  const path = `${extensionPath(extension)}/endpoints`;
  return (await request<{ endpoints: readonly ScheduleEndpoint[] }>("GET", path)).endpoints;
}

/** Let an endpoint be called by the clock. */
export const createSchedule = (extension: string, form: ScheduleForm): Promise<unknown> =>
  request("POST", `${extensionPath(extension)}/schedules`, form);

/** Change a schedule: what is absent stays. */
export const changeSchedule = (
  extension: string,
  id: string,
  form: Partial<ScheduleForm>,
): Promise<unknown> => request("PATCH", `${extensionPath(extension)}/schedules/${id}`, form);

/** Remove a schedule. */
export const deleteSchedule = (extension: string, id: string): Promise<unknown> =>
  request("DELETE", `${extensionPath(extension)}/schedules/${id}`);

/** Run a schedule now. */
export const runSchedule = (extension: string, id: string): Promise<unknown> =>
  request("POST", `${extensionPath(extension)}/schedules/${id}/run-now`);
