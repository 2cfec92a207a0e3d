// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.

/**
 * manifest.json of an Alga extension. Unknown keys are kept and warned about, never refused.
 */
export interface ManifestSource {
/**
 * Address of this schema, for editors.
 */
$schema?: string
/**
 * Name of the extension, unique for its publisher. It never changes: with the publisher it is the extension's identity.
 */
name: string
/**
 * Who publishes the extension. The first to publish under a name owns it.
 */
publisher?: string
/**
 * Semantic version. With X.Y.* the registry takes the next free patch number when it is published.
 */
version: string
/**
 * The runtime the extension is written for; wasm-js@1 is the only one.
 */
runtime: string
/**
 * What people see instead of the name.
 */
displayName?: string
/**
 * One or two sentences for the catalogue.
 */
description?: string
/**
 * Picture for menus and the catalogue: an SVG, PNG or WebP file below ui/.
 */
icon?: string
links?: LinksSource
/**
 * Hosts older than this do not offer the version.
 */
minHostVersion?: string
/**
 * What the extension may do. Only what an administrator grants as well takes effect. Reading its context, its log and the current user come without asking.
 * 
 * @maxItems 256
 * 
 * Items: A capability name; the prefix cap: may be left out.
 */
capabilities?: string[]
/**
 * Hosts the extension may call with cap:http.fetch; nothing else is reachable. Each is shown to the administrator with its reason.
 * 
 * @maxItems 100
 */
egress?: EgressSource[]
/**
 * What an administrator fills in: a JSON Schema of type object, one property for each setting. "secret": true makes a text setting a secret. The old list form is still read.
 */
settings?: unknown
ui?: UiSource
api?: ApiSource
/**
 * Host events the extension wants to hear of.
 * 
 * @maxItems 100
 */
events?: SubscriptionSource[]
/**
 * Calls the host makes by itself at given times. Needs cap:scheduler.manage.
 * 
 * @maxItems 50
 */
schedules?: ScheduleSource[]
/**
 * @deprecated
 * The component is always dist/main.wasm.
 */
entry?: unknown
/**
 * @deprecated
 * The page is always ui/index.html.
 */
main?: unknown
/**
 * @deprecated
 * Everything below ui/ is packed.
 */
assets?: unknown
/**
 * @deprecated
 * Only the component itself runs.
 */
precompiled?: unknown
/**
 * @deprecated
 * A bill of materials is not read from the manifest.
 */
sbom?: unknown
/**
 * @deprecated
 * Rights are asked for in capabilities.
 */
permissions?: unknown
/**
 * @deprecated
 * User interface is declared in ui.
 */
components?: unknown
/**
 * @deprecated
 * Extensions cannot depend on each other.
 */
requiredExtensions?: unknown
/**
 * @deprecated
 * An administrator enables extensions.
 */
autoEnable?: unknown
/**
 * @deprecated
 * Use minHostVersion.
 */
minAppVersion?: unknown
/**
 * @deprecated
 * Endpoints are declared in api.endpoints.
 */
apiEndpoints?: unknown
/**
 * @deprecated
 * The identity is publisher and name.
 */
extension?: unknown
[k: string]: unknown
}
/**
 * Addresses for people: https, or mailto.
 */
export interface LinksSource {
/**
 * About the extension.
 */
homepage?: string
/**
 * How to use it.
 */
documentation?: string
/**
 * Where to get help; may be a mailto address.
 */
support?: string
/**
 * What happens to data.
 */
privacy?: string
/**
 * Under which terms it is offered.
 */
terms?: string
/**
 * Where the source is.
 */
source?: string
[k: string]: unknown
}
/**
 * One outside host.
 */
export interface EgressSource {
/**
 * A host name in ASCII, or *. and a domain to mean exactly one more label. {setting} stands for the value of a text setting of that name; the last two labels are always literal. https:// may stand before it; no other scheme, no port, no path, no address literal.
 */
host: string
/**
 * Ports besides 443.
 * 
 * @minItems 1
 * @maxItems 16
 */
ports?: number[]
/**
 * Why, in words for the administrator who consents.
 */
reason: string
[k: string]: unknown
}
/**
 * The page shown in a sandboxed frame, and where the host offers it.
 */
export interface UiSource {
/**
 * Always iframe.
 */
type: "iframe"
/**
 * Path of the page inside the bundle.
 */
entry: string
hooks?: HooksSource
/**
 * @deprecated
 * The page routes by itself.
 */
routes?: unknown
[k: string]: unknown
}
/**
 * Where the host offers the page. Other keys are handed to the host as they are.
 */
export interface HooksSource {
appMenu?: MenuSource
clientPortalMenu?: MenuSource1
/**
 * Tabs on pages of the host.
 * 
 * @maxItems 50
 */
tabs?: TabSource[]
/**
 * Boxes on pages of the host.
 * 
 * @maxItems 50
 */
panels?: PanelSource[]
/**
 * Dialogs the host can open.
 * 
 * @maxItems 50
 */
modals?: ModalSource[]
[k: string]: unknown
}
/**
 * An item in the application's main menu.
 */
export interface MenuSource {
/**
 * Text of the menu item.
 */
label: string
[k: string]: unknown
}
/**
 * An item in the client portal's menu. Without it client-portal users cannot reach the extension at all.
 */
export interface MenuSource1 {
/**
 * Text of the menu item.
 */
label: string
[k: string]: unknown
}
/**
 * A tab on a page of the host.
 */
export interface TabSource {
/**
 * Names this entry for the host and in links; unique among its kind.
 */
id: string
/**
 * Text that people see.
 */
label: string
/**
 * Name of the host's page that shows it. Each host documents its names.
 */
target: string
/**
 * Where the page opens, as the page's own router sees it.
 */
path?: string
[k: string]: unknown
}
/**
 * A box on a page of the host.
 */
export interface PanelSource {
/**
 * Names this entry for the host and in links; unique among its kind.
 */
id: string
/**
 * Text that people see.
 */
label: string
/**
 * Name of the host's page that shows it. Each host documents its names.
 */
target: string
/**
 * Where the page opens, as the page's own router sees it.
 */
path?: string
[k: string]: unknown
}
/**
 * A dialog the host can open.
 */
export interface ModalSource {
/**
 * Names this entry for the host and in links; unique among its kind.
 */
id: string
/**
 * Text that people see.
 */
label: string
/**
 * Where the page opens, as the page's own router sees it.
 */
path?: string
/**
 * How much room it takes.
 */
size?: ("small" | "medium" | "large")
[k: string]: unknown
}
/**
 * What the extension's handler answers.
 */
export interface ApiSource {
/**
 * Routes the handler answers; all others are 404. The first that matches wins.
 * 
 * @maxItems 1000
 */
endpoints: EndpointSource[]
[k: string]: unknown
}
/**
 * One route.
 */
export interface EndpointSource {
/**
 * HTTP method.
 */
method: string
/**
 * Path with :name for a segment that varies.
 */
path: string
/**
 * Informational; the component's one handler answers every endpoint.
 */
handler: string
/**
 * Whether a schedule may call it.
 */
schedulable?: boolean
/**
 * One sentence for documentation.
 */
summary?: string
/**
 * JSON Schema of the request body. Typed clients and OpenAPI are made from it.
 */
request?: unknown
/**
 * JSON Schema of the body of a successful answer. Typed clients and OpenAPI are made from it.
 */
response?: unknown
[k: string]: unknown
}
/**
 * One topic the extension hears of.
 */
export interface SubscriptionSource {
/**
 * Name of the event. Each host documents its topics.
 */
topic: string
/**
 * The declared POST endpoint that is called, such as POST /events/ticket.
 */
endpoint?: string
/**
 * @deprecated
 * Has no effect; name an endpoint.
 */
handler?: unknown
[k: string]: unknown
}
/**
 * One call at given times.
 */
export interface ScheduleSource {
/**
 * Names the schedule for administrators; unique in the manifest.
 */
name: string
/**
 * Five cron fields: minute, hour, day of month, month, day of week. At most every 5 minutes.
 */
cron: string
/**
 * IANA name.
 */
timezone?: string
/**
 * The declared, schedulable GET or POST endpoint that is called, such as POST /sync.
 */
endpoint: string
/**
 * JSON body of the call.
 */
payload?: ({
[k: string]: unknown
} | unknown[])
/**
 * Whether it runs as soon as the extension is installed.
 */
enabled?: boolean
[k: string]: unknown
}
