// @ts-nocheck
// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.
import type { SourceProblem } from "./internal/source-problem.ts";

"use strict";
var compiled = (() => {
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __commonJS = (cb, mod) => function __require() {
    try {
      return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
    } catch (e) {
      throw mod = 0, e;
    }
  };
  var __export = (target, all) => {
    for (var name in all)
      __defProp(target, name, { get: all[name], enumerable: true });
  };
  var __copyProps = (to, from, except, desc) => {
    if (from && typeof from === "object" || typeof from === "function") {
      for (let key of __getOwnPropNames(from))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
    }
    return to;
  };
  var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

  // node_modules/ajv/dist/runtime/ucs2length.js
  var require_ucs2length = __commonJS({
    "node_modules/ajv/dist/runtime/ucs2length.js"(exports) {
      "use strict";
      Object.defineProperty(exports, "__esModule", { value: true });
      function ucs2length(str) {
        const len = str.length;
        let length = 0;
        let pos = 0;
        let value;
        while (pos < len) {
          length++;
          value = str.charCodeAt(pos++);
          if (value >= 55296 && value <= 56319 && pos < len) {
            value = str.charCodeAt(pos);
            if ((value & 64512) === 56320)
              pos++;
          }
        }
        return length;
      }
      exports.default = ucs2length;
    }
  });

  // <stdin>
  var stdin_exports = {};
  __export(stdin_exports, {
    default: () => stdin_default,
    validate: () => validate
  });
  var validate = validate20;
  var stdin_default = validate20;
  var schema31 = { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["name", "version", "runtime"], "x-code": "not_an_object", "x-missing": { "name": "missing_name", "version": "missing_version", "runtime": "missing_runtime" }, "properties": { "$schema": { "type": "string" }, "name": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_name" }, "publisher": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_publisher" }, "version": { "type": "string", "maxLength": 100, "pattern": "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", "x-code": "bad_version" }, "runtime": { "type": "string", "maxLength": 100, "pattern": "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", "x-code": "bad_runtime" }, "displayName": { "type": "string", "maxLength": 200 }, "description": { "type": "string", "maxLength": 4e3 }, "icon": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?:\\./)*ui/[^\\s\\p{Cc}\\\\]+\\.(?:[sS][vV][gG]|[pP][nN][gG]|[wW][eE][bB][pP])$", "x-code": "bad_icon" }, "links": { "$ref": "#/$defs/links" }, "minHostVersion": { "type": "string", "maxLength": 100, "pattern": "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$", "x-code": "bad_min_host_version" }, "capabilities": { "type": "array", "maxItems": 256, "items": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_capability" } }, "egress": { "type": "array", "maxItems": 100, "items": { "$ref": "#/$defs/egress" } }, "settings": { "type": ["object", "array"] }, "ui": { "$ref": "#/$defs/ui" }, "api": { "$ref": "#/$defs/api" }, "events": { "type": "array", "maxItems": 100, "items": { "$ref": "#/$defs/event" } }, "schedules": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/schedule" } }, "entry": {}, "main": {}, "assets": {}, "precompiled": {}, "sbom": {}, "permissions": {}, "components": {}, "requiredExtensions": {}, "autoEnable": {}, "minAppVersion": {}, "apiEndpoints": {}, "extension": {} }, "$defs": { "links": { "type": "object", "properties": { "homepage": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "documentation": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "support": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "privacy": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "terms": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "source": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" } } }, "egress": { "type": "object", "required": ["host", "reason"], "x-missing": { "host": "missing_host", "reason": "missing_reason" }, "properties": { "host": { "type": "string", "maxLength": 300, "pattern": "^(?:[hH][tT][tT][pP][sS]://)?(?:\\*\\.)?(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:[A-Za-z0-9][A-Za-z0-9-]{0,40})?\\{[A-Za-z_][A-Za-z0-9_-]{0,63}\\}(?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?)\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "x-code": "host" }, "ports": { "type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true, "x-code": "bad_ports", "items": { "type": "integer", "minimum": 1, "maximum": 65535, "x-code": "bad_port" } }, "reason": { "type": "string", "maxLength": 500, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_reason" } } }, "ui": { "type": "object", "required": ["type", "entry"], "x-missing": { "type": "missing_ui_type", "entry": "missing_ui_entry" }, "properties": { "type": { "const": "iframe", "x-code": "bad_ui_type" }, "entry": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "hooks": { "$ref": "#/$defs/hooks" }, "routes": {} } }, "hooks": { "type": "object", "properties": { "appMenu": { "$ref": "#/$defs/menu" }, "clientPortalMenu": { "$ref": "#/$defs/menu" }, "tabs": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/tab" } }, "panels": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/panel" } }, "modals": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/modal" } } } }, "menu": { "type": "object", "required": ["label"], "x-missing": { "label": "missing_label" }, "properties": { "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" } } }, "tab": { "type": "object", "required": ["id", "label", "target"], "x-missing": { "id": "missing_view_id", "label": "missing_label", "target": "missing_view_target" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "target": { "type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "x-code": "bad_view_target" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" } } }, "panel": { "type": "object", "required": ["id", "label", "target"], "x-missing": { "id": "missing_view_id", "label": "missing_label", "target": "missing_view_target" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "target": { "type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "x-code": "bad_view_target" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" } } }, "modal": { "type": "object", "required": ["id", "label"], "x-missing": { "id": "missing_view_id", "label": "missing_label" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "size": { "enum": ["small", "medium", "large"], "x-code": "bad_modal_size" } } }, "api": { "type": "object", "required": ["endpoints"], "x-missing": { "endpoints": "missing_endpoints" }, "properties": { "endpoints": { "type": "array", "maxItems": 1e3, "items": { "$ref": "#/$defs/endpoint" } } } }, "endpoint": { "type": "object", "required": ["method", "path", "handler"], "x-missing": { "method": "missing_method", "path": "missing_path", "handler": "missing_handler" }, "properties": { "method": { "type": "string", "pattern": "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "x-code": "bad_method" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "handler": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "handler" }, "schedulable": { "type": "boolean" }, "summary": { "type": "string", "maxLength": 500 }, "request": { "type": ["object", "boolean"] }, "response": { "type": ["object", "boolean"] } } }, "event": { "type": "object", "required": ["topic"], "x-missing": { "topic": "missing_topic" }, "properties": { "topic": { "type": "string", "maxLength": 200, "pattern": "^[^\\s\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_topic" }, "endpoint": { "type": "string", "maxLength": 1e3, "pattern": "^\\s*[A-Za-z]+\\s+\\S+\\s*$", "x-code": "bad_endpoint_reference" }, "handler": {} } }, "schedule": { "type": "object", "required": ["name", "cron", "endpoint"], "x-missing": { "name": "missing_schedule_name", "cron": "missing_cron", "endpoint": "missing_schedule_endpoint" }, "properties": { "name": { "type": "string", "maxLength": 128, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_schedule_name" }, "cron": { "type": "string", "maxLength": 128, "x-code": "bad_cron" }, "timezone": { "type": "string", "maxLength": 64, "x-code": "bad_timezone" }, "endpoint": { "type": "string", "maxLength": 1e3, "pattern": "^\\s*[A-Za-z]+\\s+\\S+\\s*$", "x-code": "bad_endpoint_reference" }, "payload": { "type": ["object", "array"] }, "enabled": { "type": "boolean" } } } } };
  var schema32 = { "type": "object", "properties": { "homepage": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "documentation": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "support": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "privacy": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "terms": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" }, "source": { "type": "string", "maxLength": 1e3, "pattern": '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "x-code": "bad_link" } } };
  var schema33 = { "type": "object", "required": ["host", "reason"], "x-missing": { "host": "missing_host", "reason": "missing_reason" }, "properties": { "host": { "type": "string", "maxLength": 300, "pattern": "^(?:[hH][tT][tT][pP][sS]://)?(?:\\*\\.)?(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:[A-Za-z0-9][A-Za-z0-9-]{0,40})?\\{[A-Za-z_][A-Za-z0-9_-]{0,63}\\}(?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?)\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "x-code": "host" }, "ports": { "type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true, "x-code": "bad_ports", "items": { "type": "integer", "minimum": 1, "maximum": 65535, "x-code": "bad_port" } }, "reason": { "type": "string", "maxLength": 500, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_reason" } } };
  var schema43 = { "type": "object", "required": ["topic"], "x-missing": { "topic": "missing_topic" }, "properties": { "topic": { "type": "string", "maxLength": 200, "pattern": "^[^\\s\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_topic" }, "endpoint": { "type": "string", "maxLength": 1e3, "pattern": "^\\s*[A-Za-z]+\\s+\\S+\\s*$", "x-code": "bad_endpoint_reference" }, "handler": {} } };
  var schema44 = { "type": "object", "required": ["name", "cron", "endpoint"], "x-missing": { "name": "missing_schedule_name", "cron": "missing_cron", "endpoint": "missing_schedule_endpoint" }, "properties": { "name": { "type": "string", "maxLength": 128, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-code": "bad_schedule_name" }, "cron": { "type": "string", "maxLength": 128, "x-code": "bad_cron" }, "timezone": { "type": "string", "maxLength": 64, "x-code": "bad_timezone" }, "endpoint": { "type": "string", "maxLength": 1e3, "pattern": "^\\s*[A-Za-z]+\\s+\\S+\\s*$", "x-code": "bad_endpoint_reference" }, "payload": { "type": ["object", "array"] }, "enabled": { "type": "boolean" } } };
  var func0 = Object.prototype.hasOwnProperty;
  var func65 = require_ucs2length().default;
  var pattern4 = new RegExp("^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "u");
  var pattern6 = new RegExp("^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", "u");
  var pattern7 = new RegExp("^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", "u");
  var pattern8 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?:\\./)*ui/[^\\s\\p{Cc}\\\\]+\\.(?:[sS][vV][gG]|[pP][nN][gG]|[wW][eE][bB][pP])$", "u");
  var pattern9 = new RegExp('^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', "u");
  var pattern15 = new RegExp("^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$", "u");
  var pattern16 = new RegExp("^(?=\\s*\\S)[^\\p{Cc}]+$", "u");
  var pattern17 = new RegExp("^(?:[hH][tT][tT][pP][sS]://)?(?:\\*\\.)?(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:[A-Za-z0-9][A-Za-z0-9-]{0,40})?\\{[A-Za-z_][A-Za-z0-9_-]{0,63}\\}(?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?)\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "u");
  var pattern36 = new RegExp("^[^\\s\\p{Cc}\\p{Cf}\\p{Cs}]+$", "u");
  var pattern37 = new RegExp("^\\s*[A-Za-z]+\\s+\\S+\\s*$", "u");
  var schema34 = { "type": "object", "required": ["type", "entry"], "x-missing": { "type": "missing_ui_type", "entry": "missing_ui_entry" }, "properties": { "type": { "const": "iframe", "x-code": "bad_ui_type" }, "entry": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "hooks": { "$ref": "#/$defs/hooks" }, "routes": {} } };
  var pattern19 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "u");
  var schema35 = { "type": "object", "properties": { "appMenu": { "$ref": "#/$defs/menu" }, "clientPortalMenu": { "$ref": "#/$defs/menu" }, "tabs": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/tab" } }, "panels": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/panel" } }, "modals": { "type": "array", "maxItems": 50, "items": { "$ref": "#/$defs/modal" } } } };
  var schema36 = { "type": "object", "required": ["label"], "x-missing": { "label": "missing_label" }, "properties": { "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" } } };
  var schema38 = { "type": "object", "required": ["id", "label", "target"], "x-missing": { "id": "missing_view_id", "label": "missing_label", "target": "missing_view_target" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "target": { "type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "x-code": "bad_view_target" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" } } };
  var schema39 = { "type": "object", "required": ["id", "label", "target"], "x-missing": { "id": "missing_view_id", "label": "missing_label", "target": "missing_view_target" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "target": { "type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "x-code": "bad_view_target" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" } } };
  var schema40 = { "type": "object", "required": ["id", "label"], "x-missing": { "id": "missing_view_id", "label": "missing_label" }, "properties": { "id": { "type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$", "x-code": "bad_view_id" }, "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "bad_label" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "size": { "enum": ["small", "medium", "large"], "x-code": "bad_modal_size" } } };
  var pattern22 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._-]*$", "u");
  var pattern24 = new RegExp("^[A-Za-z0-9][A-Za-z0-9._:/-]*$", "u");
  var pattern25 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "u");
  function validate22(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
    let vErrors = null;
    let errors = 0;
    const evaluated0 = validate22.evaluated;
    if (evaluated0.dynamicProps) {
      evaluated0.props = void 0;
    }
    if (evaluated0.dynamicItems) {
      evaluated0.items = void 0;
    }
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.appMenu !== void 0 && func0.call(data, "appMenu")) {
        let data0 = data.appMenu;
        if (data0 && typeof data0 == "object" && !Array.isArray(data0)) {
          if (data0.label === void 0 || !func0.call(data0, "label")) {
            const err0 = { instancePath: instancePath + "/appMenu", schemaPath: "#/$defs/menu/required", keyword: "required", params: { missingProperty: "label" }, schema: schema36.required, parentSchema: schema36, data: data0 };
            if (vErrors === null) {
              vErrors = [err0];
            } else {
              vErrors.push(err0);
            }
            errors++;
          }
          if (data0.label !== void 0 && func0.call(data0, "label")) {
            let data1 = data0.label;
            if (typeof data1 === "string") {
              if (func65(data1) > 100) {
                const err1 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema36.properties.label, data: data1 };
                if (vErrors === null) {
                  vErrors = [err1];
                } else {
                  vErrors.push(err1);
                }
                errors++;
              }
              if (!pattern16.test(data1)) {
                const err2 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema36.properties.label, data: data1 };
                if (vErrors === null) {
                  vErrors = [err2];
                } else {
                  vErrors.push(err2);
                }
                errors++;
              }
            } else {
              const err3 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/type", keyword: "type", params: { type: "string" }, schema: schema36.properties.label.type, parentSchema: schema36.properties.label, data: data1 };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
          }
        } else {
          const err4 = { instancePath: instancePath + "/appMenu", schemaPath: "#/$defs/menu/type", keyword: "type", params: { type: "object" }, schema: schema36.type, parentSchema: schema36, data: data0 };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
      }
      if (data.clientPortalMenu !== void 0 && func0.call(data, "clientPortalMenu")) {
        let data2 = data.clientPortalMenu;
        if (data2 && typeof data2 == "object" && !Array.isArray(data2)) {
          if (data2.label === void 0 || !func0.call(data2, "label")) {
            const err5 = { instancePath: instancePath + "/clientPortalMenu", schemaPath: "#/$defs/menu/required", keyword: "required", params: { missingProperty: "label" }, schema: schema36.required, parentSchema: schema36, data: data2 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
          if (data2.label !== void 0 && func0.call(data2, "label")) {
            let data3 = data2.label;
            if (typeof data3 === "string") {
              if (func65(data3) > 100) {
                const err6 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema36.properties.label, data: data3 };
                if (vErrors === null) {
                  vErrors = [err6];
                } else {
                  vErrors.push(err6);
                }
                errors++;
              }
              if (!pattern16.test(data3)) {
                const err7 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema36.properties.label, data: data3 };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
            } else {
              const err8 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/type", keyword: "type", params: { type: "string" }, schema: schema36.properties.label.type, parentSchema: schema36.properties.label, data: data3 };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          }
        } else {
          const err9 = { instancePath: instancePath + "/clientPortalMenu", schemaPath: "#/$defs/menu/type", keyword: "type", params: { type: "object" }, schema: schema36.type, parentSchema: schema36, data: data2 };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
      if (data.tabs !== void 0 && func0.call(data, "tabs")) {
        let data4 = data.tabs;
        if (Array.isArray(data4)) {
          if (data4.length > 50) {
            const err10 = { instancePath: instancePath + "/tabs", schemaPath: "#/properties/tabs/maxItems", keyword: "maxItems", params: { limit: 50 }, schema: 50, parentSchema: schema35.properties.tabs, data: data4 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
          const len0 = data4.length;
          for (let i0 = 0; i0 < len0; i0++) {
            let data5 = data4[i0];
            if (data5 && typeof data5 == "object" && !Array.isArray(data5)) {
              if (data5.id === void 0 || !func0.call(data5, "id")) {
                const err11 = { instancePath: instancePath + "/tabs/" + i0, schemaPath: "#/$defs/tab/required", keyword: "required", params: { missingProperty: "id" }, schema: schema38.required, parentSchema: schema38, data: data5 };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
              if (data5.label === void 0 || !func0.call(data5, "label")) {
                const err12 = { instancePath: instancePath + "/tabs/" + i0, schemaPath: "#/$defs/tab/required", keyword: "required", params: { missingProperty: "label" }, schema: schema38.required, parentSchema: schema38, data: data5 };
                if (vErrors === null) {
                  vErrors = [err12];
                } else {
                  vErrors.push(err12);
                }
                errors++;
              }
              if (data5.target === void 0 || !func0.call(data5, "target")) {
                const err13 = { instancePath: instancePath + "/tabs/" + i0, schemaPath: "#/$defs/tab/required", keyword: "required", params: { missingProperty: "target" }, schema: schema38.required, parentSchema: schema38, data: data5 };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
              if (data5.id !== void 0 && func0.call(data5, "id")) {
                let data6 = data5.id;
                if (typeof data6 === "string") {
                  if (func65(data6) > 64) {
                    const err14 = { instancePath: instancePath + "/tabs/" + i0 + "/id", schemaPath: "#/$defs/tab/properties/id/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema38.properties.id, data: data6 };
                    if (vErrors === null) {
                      vErrors = [err14];
                    } else {
                      vErrors.push(err14);
                    }
                    errors++;
                  }
                  if (!pattern22.test(data6)) {
                    const err15 = { instancePath: instancePath + "/tabs/" + i0 + "/id", schemaPath: "#/$defs/tab/properties/id/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }, schema: "^[A-Za-z0-9][A-Za-z0-9._-]*$", parentSchema: schema38.properties.id, data: data6 };
                    if (vErrors === null) {
                      vErrors = [err15];
                    } else {
                      vErrors.push(err15);
                    }
                    errors++;
                  }
                } else {
                  const err16 = { instancePath: instancePath + "/tabs/" + i0 + "/id", schemaPath: "#/$defs/tab/properties/id/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.id.type, parentSchema: schema38.properties.id, data: data6 };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
              }
              if (data5.label !== void 0 && func0.call(data5, "label")) {
                let data7 = data5.label;
                if (typeof data7 === "string") {
                  if (func65(data7) > 100) {
                    const err17 = { instancePath: instancePath + "/tabs/" + i0 + "/label", schemaPath: "#/$defs/tab/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema38.properties.label, data: data7 };
                    if (vErrors === null) {
                      vErrors = [err17];
                    } else {
                      vErrors.push(err17);
                    }
                    errors++;
                  }
                  if (!pattern16.test(data7)) {
                    const err18 = { instancePath: instancePath + "/tabs/" + i0 + "/label", schemaPath: "#/$defs/tab/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema38.properties.label, data: data7 };
                    if (vErrors === null) {
                      vErrors = [err18];
                    } else {
                      vErrors.push(err18);
                    }
                    errors++;
                  }
                } else {
                  const err19 = { instancePath: instancePath + "/tabs/" + i0 + "/label", schemaPath: "#/$defs/tab/properties/label/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.label.type, parentSchema: schema38.properties.label, data: data7 };
                  if (vErrors === null) {
                    vErrors = [err19];
                  } else {
                    vErrors.push(err19);
                  }
                  errors++;
                }
              }
              if (data5.target !== void 0 && func0.call(data5, "target")) {
                let data8 = data5.target;
                if (typeof data8 === "string") {
                  if (func65(data8) > 100) {
                    const err20 = { instancePath: instancePath + "/tabs/" + i0 + "/target", schemaPath: "#/$defs/tab/properties/target/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema38.properties.target, data: data8 };
                    if (vErrors === null) {
                      vErrors = [err20];
                    } else {
                      vErrors.push(err20);
                    }
                    errors++;
                  }
                  if (!pattern24.test(data8)) {
                    const err21 = { instancePath: instancePath + "/tabs/" + i0 + "/target", schemaPath: "#/$defs/tab/properties/target/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/-]*$" }, schema: "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", parentSchema: schema38.properties.target, data: data8 };
                    if (vErrors === null) {
                      vErrors = [err21];
                    } else {
                      vErrors.push(err21);
                    }
                    errors++;
                  }
                } else {
                  const err22 = { instancePath: instancePath + "/tabs/" + i0 + "/target", schemaPath: "#/$defs/tab/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.target.type, parentSchema: schema38.properties.target, data: data8 };
                  if (vErrors === null) {
                    vErrors = [err22];
                  } else {
                    vErrors.push(err22);
                  }
                  errors++;
                }
              }
              if (data5.path !== void 0 && func0.call(data5, "path")) {
                let data9 = data5.path;
                if (typeof data9 === "string") {
                  if (func65(data9) > 1e3) {
                    const err23 = { instancePath: instancePath + "/tabs/" + i0 + "/path", schemaPath: "#/$defs/tab/properties/path/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema38.properties.path, data: data9 };
                    if (vErrors === null) {
                      vErrors = [err23];
                    } else {
                      vErrors.push(err23);
                    }
                    errors++;
                  }
                  if (!pattern25.test(data9)) {
                    const err24 = { instancePath: instancePath + "/tabs/" + i0 + "/path", schemaPath: "#/$defs/tab/properties/path/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", parentSchema: schema38.properties.path, data: data9 };
                    if (vErrors === null) {
                      vErrors = [err24];
                    } else {
                      vErrors.push(err24);
                    }
                    errors++;
                  }
                } else {
                  const err25 = { instancePath: instancePath + "/tabs/" + i0 + "/path", schemaPath: "#/$defs/tab/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema38.properties.path.type, parentSchema: schema38.properties.path, data: data9 };
                  if (vErrors === null) {
                    vErrors = [err25];
                  } else {
                    vErrors.push(err25);
                  }
                  errors++;
                }
              }
            } else {
              const err26 = { instancePath: instancePath + "/tabs/" + i0, schemaPath: "#/$defs/tab/type", keyword: "type", params: { type: "object" }, schema: schema38.type, parentSchema: schema38, data: data5 };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
          }
        } else {
          const err27 = { instancePath: instancePath + "/tabs", schemaPath: "#/properties/tabs/type", keyword: "type", params: { type: "array" }, schema: schema35.properties.tabs.type, parentSchema: schema35.properties.tabs, data: data4 };
          if (vErrors === null) {
            vErrors = [err27];
          } else {
            vErrors.push(err27);
          }
          errors++;
        }
      }
      if (data.panels !== void 0 && func0.call(data, "panels")) {
        let data10 = data.panels;
        if (Array.isArray(data10)) {
          if (data10.length > 50) {
            const err28 = { instancePath: instancePath + "/panels", schemaPath: "#/properties/panels/maxItems", keyword: "maxItems", params: { limit: 50 }, schema: 50, parentSchema: schema35.properties.panels, data: data10 };
            if (vErrors === null) {
              vErrors = [err28];
            } else {
              vErrors.push(err28);
            }
            errors++;
          }
          const len1 = data10.length;
          for (let i1 = 0; i1 < len1; i1++) {
            let data11 = data10[i1];
            if (data11 && typeof data11 == "object" && !Array.isArray(data11)) {
              if (data11.id === void 0 || !func0.call(data11, "id")) {
                const err29 = { instancePath: instancePath + "/panels/" + i1, schemaPath: "#/$defs/panel/required", keyword: "required", params: { missingProperty: "id" }, schema: schema39.required, parentSchema: schema39, data: data11 };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
              if (data11.label === void 0 || !func0.call(data11, "label")) {
                const err30 = { instancePath: instancePath + "/panels/" + i1, schemaPath: "#/$defs/panel/required", keyword: "required", params: { missingProperty: "label" }, schema: schema39.required, parentSchema: schema39, data: data11 };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
              if (data11.target === void 0 || !func0.call(data11, "target")) {
                const err31 = { instancePath: instancePath + "/panels/" + i1, schemaPath: "#/$defs/panel/required", keyword: "required", params: { missingProperty: "target" }, schema: schema39.required, parentSchema: schema39, data: data11 };
                if (vErrors === null) {
                  vErrors = [err31];
                } else {
                  vErrors.push(err31);
                }
                errors++;
              }
              if (data11.id !== void 0 && func0.call(data11, "id")) {
                let data12 = data11.id;
                if (typeof data12 === "string") {
                  if (func65(data12) > 64) {
                    const err32 = { instancePath: instancePath + "/panels/" + i1 + "/id", schemaPath: "#/$defs/panel/properties/id/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema39.properties.id, data: data12 };
                    if (vErrors === null) {
                      vErrors = [err32];
                    } else {
                      vErrors.push(err32);
                    }
                    errors++;
                  }
                  if (!pattern22.test(data12)) {
                    const err33 = { instancePath: instancePath + "/panels/" + i1 + "/id", schemaPath: "#/$defs/panel/properties/id/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }, schema: "^[A-Za-z0-9][A-Za-z0-9._-]*$", parentSchema: schema39.properties.id, data: data12 };
                    if (vErrors === null) {
                      vErrors = [err33];
                    } else {
                      vErrors.push(err33);
                    }
                    errors++;
                  }
                } else {
                  const err34 = { instancePath: instancePath + "/panels/" + i1 + "/id", schemaPath: "#/$defs/panel/properties/id/type", keyword: "type", params: { type: "string" }, schema: schema39.properties.id.type, parentSchema: schema39.properties.id, data: data12 };
                  if (vErrors === null) {
                    vErrors = [err34];
                  } else {
                    vErrors.push(err34);
                  }
                  errors++;
                }
              }
              if (data11.label !== void 0 && func0.call(data11, "label")) {
                let data13 = data11.label;
                if (typeof data13 === "string") {
                  if (func65(data13) > 100) {
                    const err35 = { instancePath: instancePath + "/panels/" + i1 + "/label", schemaPath: "#/$defs/panel/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema39.properties.label, data: data13 };
                    if (vErrors === null) {
                      vErrors = [err35];
                    } else {
                      vErrors.push(err35);
                    }
                    errors++;
                  }
                  if (!pattern16.test(data13)) {
                    const err36 = { instancePath: instancePath + "/panels/" + i1 + "/label", schemaPath: "#/$defs/panel/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema39.properties.label, data: data13 };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                } else {
                  const err37 = { instancePath: instancePath + "/panels/" + i1 + "/label", schemaPath: "#/$defs/panel/properties/label/type", keyword: "type", params: { type: "string" }, schema: schema39.properties.label.type, parentSchema: schema39.properties.label, data: data13 };
                  if (vErrors === null) {
                    vErrors = [err37];
                  } else {
                    vErrors.push(err37);
                  }
                  errors++;
                }
              }
              if (data11.target !== void 0 && func0.call(data11, "target")) {
                let data14 = data11.target;
                if (typeof data14 === "string") {
                  if (func65(data14) > 100) {
                    const err38 = { instancePath: instancePath + "/panels/" + i1 + "/target", schemaPath: "#/$defs/panel/properties/target/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema39.properties.target, data: data14 };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                  if (!pattern24.test(data14)) {
                    const err39 = { instancePath: instancePath + "/panels/" + i1 + "/target", schemaPath: "#/$defs/panel/properties/target/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._:/-]*$" }, schema: "^[A-Za-z0-9][A-Za-z0-9._:/-]*$", parentSchema: schema39.properties.target, data: data14 };
                    if (vErrors === null) {
                      vErrors = [err39];
                    } else {
                      vErrors.push(err39);
                    }
                    errors++;
                  }
                } else {
                  const err40 = { instancePath: instancePath + "/panels/" + i1 + "/target", schemaPath: "#/$defs/panel/properties/target/type", keyword: "type", params: { type: "string" }, schema: schema39.properties.target.type, parentSchema: schema39.properties.target, data: data14 };
                  if (vErrors === null) {
                    vErrors = [err40];
                  } else {
                    vErrors.push(err40);
                  }
                  errors++;
                }
              }
              if (data11.path !== void 0 && func0.call(data11, "path")) {
                let data15 = data11.path;
                if (typeof data15 === "string") {
                  if (func65(data15) > 1e3) {
                    const err41 = { instancePath: instancePath + "/panels/" + i1 + "/path", schemaPath: "#/$defs/panel/properties/path/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema39.properties.path, data: data15 };
                    if (vErrors === null) {
                      vErrors = [err41];
                    } else {
                      vErrors.push(err41);
                    }
                    errors++;
                  }
                  if (!pattern25.test(data15)) {
                    const err42 = { instancePath: instancePath + "/panels/" + i1 + "/path", schemaPath: "#/$defs/panel/properties/path/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", parentSchema: schema39.properties.path, data: data15 };
                    if (vErrors === null) {
                      vErrors = [err42];
                    } else {
                      vErrors.push(err42);
                    }
                    errors++;
                  }
                } else {
                  const err43 = { instancePath: instancePath + "/panels/" + i1 + "/path", schemaPath: "#/$defs/panel/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema39.properties.path.type, parentSchema: schema39.properties.path, data: data15 };
                  if (vErrors === null) {
                    vErrors = [err43];
                  } else {
                    vErrors.push(err43);
                  }
                  errors++;
                }
              }
            } else {
              const err44 = { instancePath: instancePath + "/panels/" + i1, schemaPath: "#/$defs/panel/type", keyword: "type", params: { type: "object" }, schema: schema39.type, parentSchema: schema39, data: data11 };
              if (vErrors === null) {
                vErrors = [err44];
              } else {
                vErrors.push(err44);
              }
              errors++;
            }
          }
        } else {
          const err45 = { instancePath: instancePath + "/panels", schemaPath: "#/properties/panels/type", keyword: "type", params: { type: "array" }, schema: schema35.properties.panels.type, parentSchema: schema35.properties.panels, data: data10 };
          if (vErrors === null) {
            vErrors = [err45];
          } else {
            vErrors.push(err45);
          }
          errors++;
        }
      }
      if (data.modals !== void 0 && func0.call(data, "modals")) {
        let data16 = data.modals;
        if (Array.isArray(data16)) {
          if (data16.length > 50) {
            const err46 = { instancePath: instancePath + "/modals", schemaPath: "#/properties/modals/maxItems", keyword: "maxItems", params: { limit: 50 }, schema: 50, parentSchema: schema35.properties.modals, data: data16 };
            if (vErrors === null) {
              vErrors = [err46];
            } else {
              vErrors.push(err46);
            }
            errors++;
          }
          const len2 = data16.length;
          for (let i2 = 0; i2 < len2; i2++) {
            let data17 = data16[i2];
            if (data17 && typeof data17 == "object" && !Array.isArray(data17)) {
              if (data17.id === void 0 || !func0.call(data17, "id")) {
                const err47 = { instancePath: instancePath + "/modals/" + i2, schemaPath: "#/$defs/modal/required", keyword: "required", params: { missingProperty: "id" }, schema: schema40.required, parentSchema: schema40, data: data17 };
                if (vErrors === null) {
                  vErrors = [err47];
                } else {
                  vErrors.push(err47);
                }
                errors++;
              }
              if (data17.label === void 0 || !func0.call(data17, "label")) {
                const err48 = { instancePath: instancePath + "/modals/" + i2, schemaPath: "#/$defs/modal/required", keyword: "required", params: { missingProperty: "label" }, schema: schema40.required, parentSchema: schema40, data: data17 };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
              if (data17.id !== void 0 && func0.call(data17, "id")) {
                let data18 = data17.id;
                if (typeof data18 === "string") {
                  if (func65(data18) > 64) {
                    const err49 = { instancePath: instancePath + "/modals/" + i2 + "/id", schemaPath: "#/$defs/modal/properties/id/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema40.properties.id, data: data18 };
                    if (vErrors === null) {
                      vErrors = [err49];
                    } else {
                      vErrors.push(err49);
                    }
                    errors++;
                  }
                  if (!pattern22.test(data18)) {
                    const err50 = { instancePath: instancePath + "/modals/" + i2 + "/id", schemaPath: "#/$defs/modal/properties/id/pattern", keyword: "pattern", params: { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$" }, schema: "^[A-Za-z0-9][A-Za-z0-9._-]*$", parentSchema: schema40.properties.id, data: data18 };
                    if (vErrors === null) {
                      vErrors = [err50];
                    } else {
                      vErrors.push(err50);
                    }
                    errors++;
                  }
                } else {
                  const err51 = { instancePath: instancePath + "/modals/" + i2 + "/id", schemaPath: "#/$defs/modal/properties/id/type", keyword: "type", params: { type: "string" }, schema: schema40.properties.id.type, parentSchema: schema40.properties.id, data: data18 };
                  if (vErrors === null) {
                    vErrors = [err51];
                  } else {
                    vErrors.push(err51);
                  }
                  errors++;
                }
              }
              if (data17.label !== void 0 && func0.call(data17, "label")) {
                let data19 = data17.label;
                if (typeof data19 === "string") {
                  if (func65(data19) > 100) {
                    const err52 = { instancePath: instancePath + "/modals/" + i2 + "/label", schemaPath: "#/$defs/modal/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema40.properties.label, data: data19 };
                    if (vErrors === null) {
                      vErrors = [err52];
                    } else {
                      vErrors.push(err52);
                    }
                    errors++;
                  }
                  if (!pattern16.test(data19)) {
                    const err53 = { instancePath: instancePath + "/modals/" + i2 + "/label", schemaPath: "#/$defs/modal/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema40.properties.label, data: data19 };
                    if (vErrors === null) {
                      vErrors = [err53];
                    } else {
                      vErrors.push(err53);
                    }
                    errors++;
                  }
                } else {
                  const err54 = { instancePath: instancePath + "/modals/" + i2 + "/label", schemaPath: "#/$defs/modal/properties/label/type", keyword: "type", params: { type: "string" }, schema: schema40.properties.label.type, parentSchema: schema40.properties.label, data: data19 };
                  if (vErrors === null) {
                    vErrors = [err54];
                  } else {
                    vErrors.push(err54);
                  }
                  errors++;
                }
              }
              if (data17.path !== void 0 && func0.call(data17, "path")) {
                let data20 = data17.path;
                if (typeof data20 === "string") {
                  if (func65(data20) > 1e3) {
                    const err55 = { instancePath: instancePath + "/modals/" + i2 + "/path", schemaPath: "#/$defs/modal/properties/path/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema40.properties.path, data: data20 };
                    if (vErrors === null) {
                      vErrors = [err55];
                    } else {
                      vErrors.push(err55);
                    }
                    errors++;
                  }
                  if (!pattern25.test(data20)) {
                    const err56 = { instancePath: instancePath + "/modals/" + i2 + "/path", schemaPath: "#/$defs/modal/properties/path/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", parentSchema: schema40.properties.path, data: data20 };
                    if (vErrors === null) {
                      vErrors = [err56];
                    } else {
                      vErrors.push(err56);
                    }
                    errors++;
                  }
                } else {
                  const err57 = { instancePath: instancePath + "/modals/" + i2 + "/path", schemaPath: "#/$defs/modal/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema40.properties.path.type, parentSchema: schema40.properties.path, data: data20 };
                  if (vErrors === null) {
                    vErrors = [err57];
                  } else {
                    vErrors.push(err57);
                  }
                  errors++;
                }
              }
              if (data17.size !== void 0 && func0.call(data17, "size")) {
                let data21 = data17.size;
                if (!(data21 === "small" || data21 === "medium" || data21 === "large")) {
                  const err58 = { instancePath: instancePath + "/modals/" + i2 + "/size", schemaPath: "#/$defs/modal/properties/size/enum", keyword: "enum", params: { allowedValues: schema40.properties.size.enum }, schema: schema40.properties.size.enum, parentSchema: schema40.properties.size, data: data21 };
                  if (vErrors === null) {
                    vErrors = [err58];
                  } else {
                    vErrors.push(err58);
                  }
                  errors++;
                }
              }
            } else {
              const err59 = { instancePath: instancePath + "/modals/" + i2, schemaPath: "#/$defs/modal/type", keyword: "type", params: { type: "object" }, schema: schema40.type, parentSchema: schema40, data: data17 };
              if (vErrors === null) {
                vErrors = [err59];
              } else {
                vErrors.push(err59);
              }
              errors++;
            }
          }
        } else {
          const err60 = { instancePath: instancePath + "/modals", schemaPath: "#/properties/modals/type", keyword: "type", params: { type: "array" }, schema: schema35.properties.modals.type, parentSchema: schema35.properties.modals, data: data16 };
          if (vErrors === null) {
            vErrors = [err60];
          } else {
            vErrors.push(err60);
          }
          errors++;
        }
      }
    } else {
      const err61 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema35.type, parentSchema: schema35, data };
      if (vErrors === null) {
        vErrors = [err61];
      } else {
        vErrors.push(err61);
      }
      errors++;
    }
    validate22.errors = vErrors;
    return errors === 0;
  }
  validate22.evaluated = { "props": { "appMenu": true, "clientPortalMenu": true, "tabs": true, "panels": true, "modals": true }, "dynamicProps": false, "dynamicItems": false };
  function validate21(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
    let vErrors = null;
    let errors = 0;
    const evaluated0 = validate21.evaluated;
    if (evaluated0.dynamicProps) {
      evaluated0.props = void 0;
    }
    if (evaluated0.dynamicItems) {
      evaluated0.items = void 0;
    }
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.type === void 0 || !func0.call(data, "type")) {
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, schema: schema34.required, parentSchema: schema34, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data.entry === void 0 || !func0.call(data, "entry")) {
        const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "entry" }, schema: schema34.required, parentSchema: schema34, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (data.type !== void 0 && func0.call(data, "type")) {
        let data0 = data.type;
        if ("iframe" !== data0) {
          const err2 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "iframe" }, schema: "iframe", parentSchema: schema34.properties.type, data: data0 };
          if (vErrors === null) {
            vErrors = [err2];
          } else {
            vErrors.push(err2);
          }
          errors++;
        }
      }
      if (data.entry !== void 0 && func0.call(data, "entry")) {
        let data1 = data.entry;
        if (typeof data1 === "string") {
          if (func65(data1) > 500) {
            const err3 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/maxLength", keyword: "maxLength", params: { limit: 500 }, schema: 500, parentSchema: schema34.properties.entry, data: data1 };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
          if (!pattern19.test(data1)) {
            const err4 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", parentSchema: schema34.properties.entry, data: data1 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        } else {
          const err5 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/type", keyword: "type", params: { type: "string" }, schema: schema34.properties.entry.type, parentSchema: schema34.properties.entry, data: data1 };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      }
      if (data.hooks !== void 0 && func0.call(data, "hooks")) {
        if (!validate22(data.hooks, { instancePath: instancePath + "/hooks", parentData: data, parentDataProperty: "hooks", rootData, dynamicAnchors })) {
          vErrors = vErrors === null ? validate22.errors : vErrors.concat(validate22.errors);
          errors = vErrors.length;
        }
      }
    } else {
      const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema34.type, parentSchema: schema34, data };
      if (vErrors === null) {
        vErrors = [err6];
      } else {
        vErrors.push(err6);
      }
      errors++;
    }
    validate21.errors = vErrors;
    return errors === 0;
  }
  validate21.evaluated = { "props": { "type": true, "entry": true, "hooks": true, "routes": true }, "dynamicProps": false, "dynamicItems": false };
  var schema41 = { "type": "object", "required": ["endpoints"], "x-missing": { "endpoints": "missing_endpoints" }, "properties": { "endpoints": { "type": "array", "maxItems": 1e3, "items": { "$ref": "#/$defs/endpoint" } } } };
  var schema42 = { "type": "object", "required": ["method", "path", "handler"], "x-missing": { "method": "missing_method", "path": "missing_path", "handler": "missing_handler" }, "properties": { "method": { "type": "string", "pattern": "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "x-code": "bad_method" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-code": "path" }, "handler": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "x-code": "handler" }, "schedulable": { "type": "boolean" }, "summary": { "type": "string", "maxLength": 500 }, "request": { "type": ["object", "boolean"] }, "response": { "type": ["object", "boolean"] } } };
  var pattern33 = new RegExp("^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "u");
  var pattern35 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "u");
  function validate25(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
    let vErrors = null;
    let errors = 0;
    const evaluated0 = validate25.evaluated;
    if (evaluated0.dynamicProps) {
      evaluated0.props = void 0;
    }
    if (evaluated0.dynamicItems) {
      evaluated0.items = void 0;
    }
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.endpoints === void 0 || !func0.call(data, "endpoints")) {
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "endpoints" }, schema: schema41.required, parentSchema: schema41, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data.endpoints !== void 0 && func0.call(data, "endpoints")) {
        let data0 = data.endpoints;
        if (Array.isArray(data0)) {
          if (data0.length > 1e3) {
            const err1 = { instancePath: instancePath + "/endpoints", schemaPath: "#/properties/endpoints/maxItems", keyword: "maxItems", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema41.properties.endpoints, data: data0 };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
          const len0 = data0.length;
          for (let i0 = 0; i0 < len0; i0++) {
            let data1 = data0[i0];
            if (data1 && typeof data1 == "object" && !Array.isArray(data1)) {
              if (data1.method === void 0 || !func0.call(data1, "method")) {
                const err2 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "method" }, schema: schema42.required, parentSchema: schema42, data: data1 };
                if (vErrors === null) {
                  vErrors = [err2];
                } else {
                  vErrors.push(err2);
                }
                errors++;
              }
              if (data1.path === void 0 || !func0.call(data1, "path")) {
                const err3 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "path" }, schema: schema42.required, parentSchema: schema42, data: data1 };
                if (vErrors === null) {
                  vErrors = [err3];
                } else {
                  vErrors.push(err3);
                }
                errors++;
              }
              if (data1.handler === void 0 || !func0.call(data1, "handler")) {
                const err4 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "handler" }, schema: schema42.required, parentSchema: schema42, data: data1 };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
              }
              if (data1.method !== void 0 && func0.call(data1, "method")) {
                let data2 = data1.method;
                if (typeof data2 === "string") {
                  if (!pattern33.test(data2)) {
                    const err5 = { instancePath: instancePath + "/endpoints/" + i0 + "/method", schemaPath: "#/$defs/endpoint/properties/method/pattern", keyword: "pattern", params: { pattern: "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$" }, schema: "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", parentSchema: schema42.properties.method, data: data2 };
                    if (vErrors === null) {
                      vErrors = [err5];
                    } else {
                      vErrors.push(err5);
                    }
                    errors++;
                  }
                } else {
                  const err6 = { instancePath: instancePath + "/endpoints/" + i0 + "/method", schemaPath: "#/$defs/endpoint/properties/method/type", keyword: "type", params: { type: "string" }, schema: schema42.properties.method.type, parentSchema: schema42.properties.method, data: data2 };
                  if (vErrors === null) {
                    vErrors = [err6];
                  } else {
                    vErrors.push(err6);
                  }
                  errors++;
                }
              }
              if (data1.path !== void 0 && func0.call(data1, "path")) {
                let data3 = data1.path;
                if (typeof data3 === "string") {
                  if (func65(data3) > 1e3) {
                    const err7 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema42.properties.path, data: data3 };
                    if (vErrors === null) {
                      vErrors = [err7];
                    } else {
                      vErrors.push(err7);
                    }
                    errors++;
                  }
                  if (!pattern25.test(data3)) {
                    const err8 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", parentSchema: schema42.properties.path, data: data3 };
                    if (vErrors === null) {
                      vErrors = [err8];
                    } else {
                      vErrors.push(err8);
                    }
                    errors++;
                  }
                } else {
                  const err9 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/type", keyword: "type", params: { type: "string" }, schema: schema42.properties.path.type, parentSchema: schema42.properties.path, data: data3 };
                  if (vErrors === null) {
                    vErrors = [err9];
                  } else {
                    vErrors.push(err9);
                  }
                  errors++;
                }
              }
              if (data1.handler !== void 0 && func0.call(data1, "handler")) {
                let data4 = data1.handler;
                if (typeof data4 === "string") {
                  if (func65(data4) > 500) {
                    const err10 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/maxLength", keyword: "maxLength", params: { limit: 500 }, schema: 500, parentSchema: schema42.properties.handler, data: data4 };
                    if (vErrors === null) {
                      vErrors = [err10];
                    } else {
                      vErrors.push(err10);
                    }
                    errors++;
                  }
                  if (!pattern35.test(data4)) {
                    const err11 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema42.properties.handler, data: data4 };
                    if (vErrors === null) {
                      vErrors = [err11];
                    } else {
                      vErrors.push(err11);
                    }
                    errors++;
                  }
                } else {
                  const err12 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/type", keyword: "type", params: { type: "string" }, schema: schema42.properties.handler.type, parentSchema: schema42.properties.handler, data: data4 };
                  if (vErrors === null) {
                    vErrors = [err12];
                  } else {
                    vErrors.push(err12);
                  }
                  errors++;
                }
              }
              if (data1.schedulable !== void 0 && func0.call(data1, "schedulable")) {
                let data5 = data1.schedulable;
                if (typeof data5 !== "boolean") {
                  const err13 = { instancePath: instancePath + "/endpoints/" + i0 + "/schedulable", schemaPath: "#/$defs/endpoint/properties/schedulable/type", keyword: "type", params: { type: "boolean" }, schema: schema42.properties.schedulable.type, parentSchema: schema42.properties.schedulable, data: data5 };
                  if (vErrors === null) {
                    vErrors = [err13];
                  } else {
                    vErrors.push(err13);
                  }
                  errors++;
                }
              }
              if (data1.summary !== void 0 && func0.call(data1, "summary")) {
                let data6 = data1.summary;
                if (typeof data6 === "string") {
                  if (func65(data6) > 500) {
                    const err14 = { instancePath: instancePath + "/endpoints/" + i0 + "/summary", schemaPath: "#/$defs/endpoint/properties/summary/maxLength", keyword: "maxLength", params: { limit: 500 }, schema: 500, parentSchema: schema42.properties.summary, data: data6 };
                    if (vErrors === null) {
                      vErrors = [err14];
                    } else {
                      vErrors.push(err14);
                    }
                    errors++;
                  }
                } else {
                  const err15 = { instancePath: instancePath + "/endpoints/" + i0 + "/summary", schemaPath: "#/$defs/endpoint/properties/summary/type", keyword: "type", params: { type: "string" }, schema: schema42.properties.summary.type, parentSchema: schema42.properties.summary, data: data6 };
                  if (vErrors === null) {
                    vErrors = [err15];
                  } else {
                    vErrors.push(err15);
                  }
                  errors++;
                }
              }
              if (data1.request !== void 0 && func0.call(data1, "request")) {
                let data7 = data1.request;
                if (!(data7 && typeof data7 == "object" && !Array.isArray(data7)) && typeof data7 !== "boolean") {
                  const err16 = { instancePath: instancePath + "/endpoints/" + i0 + "/request", schemaPath: "#/$defs/endpoint/properties/request/type", keyword: "type", params: { type: schema42.properties.request.type }, schema: schema42.properties.request.type, parentSchema: schema42.properties.request, data: data7 };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
              }
              if (data1.response !== void 0 && func0.call(data1, "response")) {
                let data8 = data1.response;
                if (!(data8 && typeof data8 == "object" && !Array.isArray(data8)) && typeof data8 !== "boolean") {
                  const err17 = { instancePath: instancePath + "/endpoints/" + i0 + "/response", schemaPath: "#/$defs/endpoint/properties/response/type", keyword: "type", params: { type: schema42.properties.response.type }, schema: schema42.properties.response.type, parentSchema: schema42.properties.response, data: data8 };
                  if (vErrors === null) {
                    vErrors = [err17];
                  } else {
                    vErrors.push(err17);
                  }
                  errors++;
                }
              }
            } else {
              const err18 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/type", keyword: "type", params: { type: "object" }, schema: schema42.type, parentSchema: schema42, data: data1 };
              if (vErrors === null) {
                vErrors = [err18];
              } else {
                vErrors.push(err18);
              }
              errors++;
            }
          }
        } else {
          const err19 = { instancePath: instancePath + "/endpoints", schemaPath: "#/properties/endpoints/type", keyword: "type", params: { type: "array" }, schema: schema41.properties.endpoints.type, parentSchema: schema41.properties.endpoints, data: data0 };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      }
    } else {
      const err20 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema41.type, parentSchema: schema41, data };
      if (vErrors === null) {
        vErrors = [err20];
      } else {
        vErrors.push(err20);
      }
      errors++;
    }
    validate25.errors = vErrors;
    return errors === 0;
  }
  validate25.evaluated = { "props": { "endpoints": true }, "dynamicProps": false, "dynamicItems": false };
  function validate20(data, { instancePath = "", parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {}) {
    let vErrors = null;
    let errors = 0;
    const evaluated0 = validate20.evaluated;
    if (evaluated0.dynamicProps) {
      evaluated0.props = void 0;
    }
    if (evaluated0.dynamicItems) {
      evaluated0.items = void 0;
    }
    if (data && typeof data == "object" && !Array.isArray(data)) {
      if (data.name === void 0 || !func0.call(data, "name")) {
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, schema: schema31.required, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data.version === void 0 || !func0.call(data, "version")) {
        const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "version" }, schema: schema31.required, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (data.runtime === void 0 || !func0.call(data, "runtime")) {
        const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "runtime" }, schema: schema31.required, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (data.$schema !== void 0 && func0.call(data, "$schema")) {
        let data0 = data.$schema;
        if (typeof data0 !== "string") {
          const err3 = { instancePath: instancePath + "/$schema", schemaPath: "#/properties/%24schema/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.$schema.type, parentSchema: schema31.properties.$schema, data: data0 };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      }
      if (data.name !== void 0 && func0.call(data, "name")) {
        let data1 = data.name;
        if (typeof data1 === "string") {
          if (func65(data1) > 200) {
            const err4 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema31.properties.name, data: data1 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
          if (!pattern4.test(data1)) {
            const err5 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema31.properties.name, data: data1 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        } else {
          const err6 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.name.type, parentSchema: schema31.properties.name, data: data1 };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      }
      if (data.publisher !== void 0 && func0.call(data, "publisher")) {
        let data2 = data.publisher;
        if (typeof data2 === "string") {
          if (func65(data2) > 200) {
            const err7 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema31.properties.publisher, data: data2 };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
          if (!pattern4.test(data2)) {
            const err8 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema31.properties.publisher, data: data2 };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        } else {
          const err9 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.publisher.type, parentSchema: schema31.properties.publisher, data: data2 };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
      if (data.version !== void 0 && func0.call(data, "version")) {
        let data3 = data.version;
        if (typeof data3 === "string") {
          if (func65(data3) > 100) {
            const err10 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema31.properties.version, data: data3 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
          if (!pattern6.test(data3)) {
            const err11 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/pattern", keyword: "pattern", params: { pattern: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$" }, schema: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", parentSchema: schema31.properties.version, data: data3 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        } else {
          const err12 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.version.type, parentSchema: schema31.properties.version, data: data3 };
          if (vErrors === null) {
            vErrors = [err12];
          } else {
            vErrors.push(err12);
          }
          errors++;
        }
      }
      if (data.runtime !== void 0 && func0.call(data, "runtime")) {
        let data4 = data.runtime;
        if (typeof data4 === "string") {
          if (func65(data4) > 100) {
            const err13 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema31.properties.runtime, data: data4 };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
          if (!pattern7.test(data4)) {
            const err14 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/pattern", keyword: "pattern", params: { pattern: "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$" }, schema: "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", parentSchema: schema31.properties.runtime, data: data4 };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        } else {
          const err15 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.runtime.type, parentSchema: schema31.properties.runtime, data: data4 };
          if (vErrors === null) {
            vErrors = [err15];
          } else {
            vErrors.push(err15);
          }
          errors++;
        }
      }
      if (data.displayName !== void 0 && func0.call(data, "displayName")) {
        let data5 = data.displayName;
        if (typeof data5 === "string") {
          if (func65(data5) > 200) {
            const err16 = { instancePath: instancePath + "/displayName", schemaPath: "#/properties/displayName/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema31.properties.displayName, data: data5 };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        } else {
          const err17 = { instancePath: instancePath + "/displayName", schemaPath: "#/properties/displayName/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.displayName.type, parentSchema: schema31.properties.displayName, data: data5 };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      }
      if (data.description !== void 0 && func0.call(data, "description")) {
        let data6 = data.description;
        if (typeof data6 === "string") {
          if (func65(data6) > 4e3) {
            const err18 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 4e3 }, schema: 4e3, parentSchema: schema31.properties.description, data: data6 };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        } else {
          const err19 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.description.type, parentSchema: schema31.properties.description, data: data6 };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      }
      if (data.icon !== void 0 && func0.call(data, "icon")) {
        let data7 = data.icon;
        if (typeof data7 === "string") {
          if (func65(data7) > 500) {
            const err20 = { instancePath: instancePath + "/icon", schemaPath: "#/properties/icon/maxLength", keyword: "maxLength", params: { limit: 500 }, schema: 500, parentSchema: schema31.properties.icon, data: data7 };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
          if (!pattern8.test(data7)) {
            const err21 = { instancePath: instancePath + "/icon", schemaPath: "#/properties/icon/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?:\\./)*ui/[^\\s\\p{Cc}\\\\]+\\.(?:[sS][vV][gG]|[pP][nN][gG]|[wW][eE][bB][pP])$" }, schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?:\\./)*ui/[^\\s\\p{Cc}\\\\]+\\.(?:[sS][vV][gG]|[pP][nN][gG]|[wW][eE][bB][pP])$", parentSchema: schema31.properties.icon, data: data7 };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        } else {
          const err22 = { instancePath: instancePath + "/icon", schemaPath: "#/properties/icon/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.icon.type, parentSchema: schema31.properties.icon, data: data7 };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
      }
      if (data.links !== void 0 && func0.call(data, "links")) {
        let data8 = data.links;
        if (data8 && typeof data8 == "object" && !Array.isArray(data8)) {
          if (data8.homepage !== void 0 && func0.call(data8, "homepage")) {
            let data9 = data8.homepage;
            if (typeof data9 === "string") {
              if (func65(data9) > 1e3) {
                const err23 = { instancePath: instancePath + "/links/homepage", schemaPath: "#/$defs/links/properties/homepage/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.homepage, data: data9 };
                if (vErrors === null) {
                  vErrors = [err23];
                } else {
                  vErrors.push(err23);
                }
                errors++;
              }
              if (!pattern9.test(data9)) {
                const err24 = { instancePath: instancePath + "/links/homepage", schemaPath: "#/$defs/links/properties/homepage/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.homepage, data: data9 };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
            } else {
              const err25 = { instancePath: instancePath + "/links/homepage", schemaPath: "#/$defs/links/properties/homepage/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.homepage.type, parentSchema: schema32.properties.homepage, data: data9 };
              if (vErrors === null) {
                vErrors = [err25];
              } else {
                vErrors.push(err25);
              }
              errors++;
            }
          }
          if (data8.documentation !== void 0 && func0.call(data8, "documentation")) {
            let data10 = data8.documentation;
            if (typeof data10 === "string") {
              if (func65(data10) > 1e3) {
                const err26 = { instancePath: instancePath + "/links/documentation", schemaPath: "#/$defs/links/properties/documentation/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.documentation, data: data10 };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
              if (!pattern9.test(data10)) {
                const err27 = { instancePath: instancePath + "/links/documentation", schemaPath: "#/$defs/links/properties/documentation/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.documentation, data: data10 };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
            } else {
              const err28 = { instancePath: instancePath + "/links/documentation", schemaPath: "#/$defs/links/properties/documentation/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.documentation.type, parentSchema: schema32.properties.documentation, data: data10 };
              if (vErrors === null) {
                vErrors = [err28];
              } else {
                vErrors.push(err28);
              }
              errors++;
            }
          }
          if (data8.support !== void 0 && func0.call(data8, "support")) {
            let data11 = data8.support;
            if (typeof data11 === "string") {
              if (func65(data11) > 1e3) {
                const err29 = { instancePath: instancePath + "/links/support", schemaPath: "#/$defs/links/properties/support/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.support, data: data11 };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
              if (!pattern9.test(data11)) {
                const err30 = { instancePath: instancePath + "/links/support", schemaPath: "#/$defs/links/properties/support/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.support, data: data11 };
                if (vErrors === null) {
                  vErrors = [err30];
                } else {
                  vErrors.push(err30);
                }
                errors++;
              }
            } else {
              const err31 = { instancePath: instancePath + "/links/support", schemaPath: "#/$defs/links/properties/support/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.support.type, parentSchema: schema32.properties.support, data: data11 };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
          }
          if (data8.privacy !== void 0 && func0.call(data8, "privacy")) {
            let data12 = data8.privacy;
            if (typeof data12 === "string") {
              if (func65(data12) > 1e3) {
                const err32 = { instancePath: instancePath + "/links/privacy", schemaPath: "#/$defs/links/properties/privacy/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.privacy, data: data12 };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
              if (!pattern9.test(data12)) {
                const err33 = { instancePath: instancePath + "/links/privacy", schemaPath: "#/$defs/links/properties/privacy/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.privacy, data: data12 };
                if (vErrors === null) {
                  vErrors = [err33];
                } else {
                  vErrors.push(err33);
                }
                errors++;
              }
            } else {
              const err34 = { instancePath: instancePath + "/links/privacy", schemaPath: "#/$defs/links/properties/privacy/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.privacy.type, parentSchema: schema32.properties.privacy, data: data12 };
              if (vErrors === null) {
                vErrors = [err34];
              } else {
                vErrors.push(err34);
              }
              errors++;
            }
          }
          if (data8.terms !== void 0 && func0.call(data8, "terms")) {
            let data13 = data8.terms;
            if (typeof data13 === "string") {
              if (func65(data13) > 1e3) {
                const err35 = { instancePath: instancePath + "/links/terms", schemaPath: "#/$defs/links/properties/terms/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.terms, data: data13 };
                if (vErrors === null) {
                  vErrors = [err35];
                } else {
                  vErrors.push(err35);
                }
                errors++;
              }
              if (!pattern9.test(data13)) {
                const err36 = { instancePath: instancePath + "/links/terms", schemaPath: "#/$defs/links/properties/terms/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.terms, data: data13 };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
            } else {
              const err37 = { instancePath: instancePath + "/links/terms", schemaPath: "#/$defs/links/properties/terms/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.terms.type, parentSchema: schema32.properties.terms, data: data13 };
              if (vErrors === null) {
                vErrors = [err37];
              } else {
                vErrors.push(err37);
              }
              errors++;
            }
          }
          if (data8.source !== void 0 && func0.call(data8, "source")) {
            let data14 = data8.source;
            if (typeof data14 === "string") {
              if (func65(data14) > 1e3) {
                const err38 = { instancePath: instancePath + "/links/source", schemaPath: "#/$defs/links/properties/source/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema32.properties.source, data: data14 };
                if (vErrors === null) {
                  vErrors = [err38];
                } else {
                  vErrors.push(err38);
                }
                errors++;
              }
              if (!pattern9.test(data14)) {
                const err39 = { instancePath: instancePath + "/links/source", schemaPath: "#/$defs/links/properties/source/pattern", keyword: "pattern", params: { pattern: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$' }, schema: '^(?:https://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\\d{1,5})?(?:[/?#][^\\s\\p{Cc}\\p{Cf}"<>\\\\^`{|}]*)?|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$', parentSchema: schema32.properties.source, data: data14 };
                if (vErrors === null) {
                  vErrors = [err39];
                } else {
                  vErrors.push(err39);
                }
                errors++;
              }
            } else {
              const err40 = { instancePath: instancePath + "/links/source", schemaPath: "#/$defs/links/properties/source/type", keyword: "type", params: { type: "string" }, schema: schema32.properties.source.type, parentSchema: schema32.properties.source, data: data14 };
              if (vErrors === null) {
                vErrors = [err40];
              } else {
                vErrors.push(err40);
              }
              errors++;
            }
          }
        } else {
          const err41 = { instancePath: instancePath + "/links", schemaPath: "#/$defs/links/type", keyword: "type", params: { type: "object" }, schema: schema32.type, parentSchema: schema32, data: data8 };
          if (vErrors === null) {
            vErrors = [err41];
          } else {
            vErrors.push(err41);
          }
          errors++;
        }
      }
      if (data.minHostVersion !== void 0 && func0.call(data, "minHostVersion")) {
        let data15 = data.minHostVersion;
        if (typeof data15 === "string") {
          if (func65(data15) > 100) {
            const err42 = { instancePath: instancePath + "/minHostVersion", schemaPath: "#/properties/minHostVersion/maxLength", keyword: "maxLength", params: { limit: 100 }, schema: 100, parentSchema: schema31.properties.minHostVersion, data: data15 };
            if (vErrors === null) {
              vErrors = [err42];
            } else {
              vErrors.push(err42);
            }
            errors++;
          }
          if (!pattern15.test(data15)) {
            const err43 = { instancePath: instancePath + "/minHostVersion", schemaPath: "#/properties/minHostVersion/pattern", keyword: "pattern", params: { pattern: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$" }, schema: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$", parentSchema: schema31.properties.minHostVersion, data: data15 };
            if (vErrors === null) {
              vErrors = [err43];
            } else {
              vErrors.push(err43);
            }
            errors++;
          }
        } else {
          const err44 = { instancePath: instancePath + "/minHostVersion", schemaPath: "#/properties/minHostVersion/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.minHostVersion.type, parentSchema: schema31.properties.minHostVersion, data: data15 };
          if (vErrors === null) {
            vErrors = [err44];
          } else {
            vErrors.push(err44);
          }
          errors++;
        }
      }
      if (data.capabilities !== void 0 && func0.call(data, "capabilities")) {
        let data16 = data.capabilities;
        if (Array.isArray(data16)) {
          if (data16.length > 256) {
            const err45 = { instancePath: instancePath + "/capabilities", schemaPath: "#/properties/capabilities/maxItems", keyword: "maxItems", params: { limit: 256 }, schema: 256, parentSchema: schema31.properties.capabilities, data: data16 };
            if (vErrors === null) {
              vErrors = [err45];
            } else {
              vErrors.push(err45);
            }
            errors++;
          }
          const len0 = data16.length;
          for (let i0 = 0; i0 < len0; i0++) {
            let data17 = data16[i0];
            if (typeof data17 === "string") {
              if (func65(data17) > 200) {
                const err46 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema31.properties.capabilities.items, data: data17 };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
              if (!pattern16.test(data17)) {
                const err47 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema31.properties.capabilities.items, data: data17 };
                if (vErrors === null) {
                  vErrors = [err47];
                } else {
                  vErrors.push(err47);
                }
                errors++;
              }
            } else {
              const err48 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/type", keyword: "type", params: { type: "string" }, schema: schema31.properties.capabilities.items.type, parentSchema: schema31.properties.capabilities.items, data: data17 };
              if (vErrors === null) {
                vErrors = [err48];
              } else {
                vErrors.push(err48);
              }
              errors++;
            }
          }
        } else {
          const err49 = { instancePath: instancePath + "/capabilities", schemaPath: "#/properties/capabilities/type", keyword: "type", params: { type: "array" }, schema: schema31.properties.capabilities.type, parentSchema: schema31.properties.capabilities, data: data16 };
          if (vErrors === null) {
            vErrors = [err49];
          } else {
            vErrors.push(err49);
          }
          errors++;
        }
      }
      if (data.egress !== void 0 && func0.call(data, "egress")) {
        let data18 = data.egress;
        if (Array.isArray(data18)) {
          if (data18.length > 100) {
            const err50 = { instancePath: instancePath + "/egress", schemaPath: "#/properties/egress/maxItems", keyword: "maxItems", params: { limit: 100 }, schema: 100, parentSchema: schema31.properties.egress, data: data18 };
            if (vErrors === null) {
              vErrors = [err50];
            } else {
              vErrors.push(err50);
            }
            errors++;
          }
          const len1 = data18.length;
          for (let i1 = 0; i1 < len1; i1++) {
            let data19 = data18[i1];
            if (data19 && typeof data19 == "object" && !Array.isArray(data19)) {
              if (data19.host === void 0 || !func0.call(data19, "host")) {
                const err51 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/required", keyword: "required", params: { missingProperty: "host" }, schema: schema33.required, parentSchema: schema33, data: data19 };
                if (vErrors === null) {
                  vErrors = [err51];
                } else {
                  vErrors.push(err51);
                }
                errors++;
              }
              if (data19.reason === void 0 || !func0.call(data19, "reason")) {
                const err52 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/required", keyword: "required", params: { missingProperty: "reason" }, schema: schema33.required, parentSchema: schema33, data: data19 };
                if (vErrors === null) {
                  vErrors = [err52];
                } else {
                  vErrors.push(err52);
                }
                errors++;
              }
              if (data19.host !== void 0 && func0.call(data19, "host")) {
                let data20 = data19.host;
                if (typeof data20 === "string") {
                  if (func65(data20) > 300) {
                    const err53 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/maxLength", keyword: "maxLength", params: { limit: 300 }, schema: 300, parentSchema: schema33.properties.host, data: data20 };
                    if (vErrors === null) {
                      vErrors = [err53];
                    } else {
                      vErrors.push(err53);
                    }
                    errors++;
                  }
                  if (!pattern17.test(data20)) {
                    const err54 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/pattern", keyword: "pattern", params: { pattern: "^(?:[hH][tT][tT][pP][sS]://)?(?:\\*\\.)?(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:[A-Za-z0-9][A-Za-z0-9-]{0,40})?\\{[A-Za-z_][A-Za-z0-9_-]{0,63}\\}(?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?)\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$" }, schema: "^(?:[hH][tT][tT][pP][sS]://)?(?:\\*\\.)?(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?|(?:[A-Za-z0-9][A-Za-z0-9-]{0,40})?\\{[A-Za-z_][A-Za-z0-9_-]{0,63}\\}(?:[A-Za-z0-9-]{0,40}[A-Za-z0-9])?)\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", parentSchema: schema33.properties.host, data: data20 };
                    if (vErrors === null) {
                      vErrors = [err54];
                    } else {
                      vErrors.push(err54);
                    }
                    errors++;
                  }
                } else {
                  const err55 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/type", keyword: "type", params: { type: "string" }, schema: schema33.properties.host.type, parentSchema: schema33.properties.host, data: data20 };
                  if (vErrors === null) {
                    vErrors = [err55];
                  } else {
                    vErrors.push(err55);
                  }
                  errors++;
                }
              }
              if (data19.ports !== void 0 && func0.call(data19, "ports")) {
                let data21 = data19.ports;
                if (Array.isArray(data21)) {
                  if (data21.length > 16) {
                    const err56 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/maxItems", keyword: "maxItems", params: { limit: 16 }, schema: 16, parentSchema: schema33.properties.ports, data: data21 };
                    if (vErrors === null) {
                      vErrors = [err56];
                    } else {
                      vErrors.push(err56);
                    }
                    errors++;
                  }
                  if (data21.length < 1) {
                    const err57 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/minItems", keyword: "minItems", params: { limit: 1 }, schema: 1, parentSchema: schema33.properties.ports, data: data21 };
                    if (vErrors === null) {
                      vErrors = [err57];
                    } else {
                      vErrors.push(err57);
                    }
                    errors++;
                  }
                  const len2 = data21.length;
                  for (let i2 = 0; i2 < len2; i2++) {
                    let data22 = data21[i2];
                    if (!(typeof data22 == "number" && (!(data22 % 1) && !isNaN(data22)) && isFinite(data22))) {
                      const err58 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/type", keyword: "type", params: { type: "integer" }, schema: schema33.properties.ports.items.type, parentSchema: schema33.properties.ports.items, data: data22 };
                      if (vErrors === null) {
                        vErrors = [err58];
                      } else {
                        vErrors.push(err58);
                      }
                      errors++;
                    }
                    if (typeof data22 == "number" && isFinite(data22)) {
                      if (data22 > 65535 || isNaN(data22)) {
                        const err59 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, schema: 65535, parentSchema: schema33.properties.ports.items, data: data22 };
                        if (vErrors === null) {
                          vErrors = [err59];
                        } else {
                          vErrors.push(err59);
                        }
                        errors++;
                      }
                      if (data22 < 1 || isNaN(data22)) {
                        const err60 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, schema: 1, parentSchema: schema33.properties.ports.items, data: data22 };
                        if (vErrors === null) {
                          vErrors = [err60];
                        } else {
                          vErrors.push(err60);
                        }
                        errors++;
                      }
                    }
                  }
                  let i3 = data21.length;
                  let j0;
                  if (i3 > 1) {
                    const indices0 = {};
                    for (; i3--; ) {
                      let item0 = data21[i3];
                      if (!(typeof item0 == "number" && (!(item0 % 1) && !isNaN(item0)) && isFinite(item0))) {
                        continue;
                      }
                      if (typeof indices0[item0] == "number") {
                        j0 = indices0[item0];
                        const err61 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/uniqueItems", keyword: "uniqueItems", params: { i: i3, j: j0 }, schema: true, parentSchema: schema33.properties.ports, data: data21 };
                        if (vErrors === null) {
                          vErrors = [err61];
                        } else {
                          vErrors.push(err61);
                        }
                        errors++;
                        break;
                      }
                      indices0[item0] = i3;
                    }
                  }
                } else {
                  const err62 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/type", keyword: "type", params: { type: "array" }, schema: schema33.properties.ports.type, parentSchema: schema33.properties.ports, data: data21 };
                  if (vErrors === null) {
                    vErrors = [err62];
                  } else {
                    vErrors.push(err62);
                  }
                  errors++;
                }
              }
              if (data19.reason !== void 0 && func0.call(data19, "reason")) {
                let data23 = data19.reason;
                if (typeof data23 === "string") {
                  if (func65(data23) > 500) {
                    const err63 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/maxLength", keyword: "maxLength", params: { limit: 500 }, schema: 500, parentSchema: schema33.properties.reason, data: data23 };
                    if (vErrors === null) {
                      vErrors = [err63];
                    } else {
                      vErrors.push(err63);
                    }
                    errors++;
                  }
                  if (!pattern16.test(data23)) {
                    const err64 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema33.properties.reason, data: data23 };
                    if (vErrors === null) {
                      vErrors = [err64];
                    } else {
                      vErrors.push(err64);
                    }
                    errors++;
                  }
                } else {
                  const err65 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/type", keyword: "type", params: { type: "string" }, schema: schema33.properties.reason.type, parentSchema: schema33.properties.reason, data: data23 };
                  if (vErrors === null) {
                    vErrors = [err65];
                  } else {
                    vErrors.push(err65);
                  }
                  errors++;
                }
              }
            } else {
              const err66 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/type", keyword: "type", params: { type: "object" }, schema: schema33.type, parentSchema: schema33, data: data19 };
              if (vErrors === null) {
                vErrors = [err66];
              } else {
                vErrors.push(err66);
              }
              errors++;
            }
          }
        } else {
          const err67 = { instancePath: instancePath + "/egress", schemaPath: "#/properties/egress/type", keyword: "type", params: { type: "array" }, schema: schema31.properties.egress.type, parentSchema: schema31.properties.egress, data: data18 };
          if (vErrors === null) {
            vErrors = [err67];
          } else {
            vErrors.push(err67);
          }
          errors++;
        }
      }
      if (data.settings !== void 0 && func0.call(data, "settings")) {
        let data24 = data.settings;
        if (!data24 || typeof data24 != "object") {
          const err68 = { instancePath: instancePath + "/settings", schemaPath: "#/properties/settings/type", keyword: "type", params: { type: schema31.properties.settings.type }, schema: schema31.properties.settings.type, parentSchema: schema31.properties.settings, data: data24 };
          if (vErrors === null) {
            vErrors = [err68];
          } else {
            vErrors.push(err68);
          }
          errors++;
        }
      }
      if (data.ui !== void 0 && func0.call(data, "ui")) {
        if (!validate21(data.ui, { instancePath: instancePath + "/ui", parentData: data, parentDataProperty: "ui", rootData, dynamicAnchors })) {
          vErrors = vErrors === null ? validate21.errors : vErrors.concat(validate21.errors);
          errors = vErrors.length;
        }
      }
      if (data.api !== void 0 && func0.call(data, "api")) {
        if (!validate25(data.api, { instancePath: instancePath + "/api", parentData: data, parentDataProperty: "api", rootData, dynamicAnchors })) {
          vErrors = vErrors === null ? validate25.errors : vErrors.concat(validate25.errors);
          errors = vErrors.length;
        }
      }
      if (data.events !== void 0 && func0.call(data, "events")) {
        let data27 = data.events;
        if (Array.isArray(data27)) {
          if (data27.length > 100) {
            const err69 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/maxItems", keyword: "maxItems", params: { limit: 100 }, schema: 100, parentSchema: schema31.properties.events, data: data27 };
            if (vErrors === null) {
              vErrors = [err69];
            } else {
              vErrors.push(err69);
            }
            errors++;
          }
          const len3 = data27.length;
          for (let i4 = 0; i4 < len3; i4++) {
            let data28 = data27[i4];
            if (data28 && typeof data28 == "object" && !Array.isArray(data28)) {
              if (data28.topic === void 0 || !func0.call(data28, "topic")) {
                const err70 = { instancePath: instancePath + "/events/" + i4, schemaPath: "#/$defs/event/required", keyword: "required", params: { missingProperty: "topic" }, schema: schema43.required, parentSchema: schema43, data: data28 };
                if (vErrors === null) {
                  vErrors = [err70];
                } else {
                  vErrors.push(err70);
                }
                errors++;
              }
              if (data28.topic !== void 0 && func0.call(data28, "topic")) {
                let data29 = data28.topic;
                if (typeof data29 === "string") {
                  if (func65(data29) > 200) {
                    const err71 = { instancePath: instancePath + "/events/" + i4 + "/topic", schemaPath: "#/$defs/event/properties/topic/maxLength", keyword: "maxLength", params: { limit: 200 }, schema: 200, parentSchema: schema43.properties.topic, data: data29 };
                    if (vErrors === null) {
                      vErrors = [err71];
                    } else {
                      vErrors.push(err71);
                    }
                    errors++;
                  }
                  if (!pattern36.test(data29)) {
                    const err72 = { instancePath: instancePath + "/events/" + i4 + "/topic", schemaPath: "#/$defs/event/properties/topic/pattern", keyword: "pattern", params: { pattern: "^[^\\s\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, schema: "^[^\\s\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema43.properties.topic, data: data29 };
                    if (vErrors === null) {
                      vErrors = [err72];
                    } else {
                      vErrors.push(err72);
                    }
                    errors++;
                  }
                } else {
                  const err73 = { instancePath: instancePath + "/events/" + i4 + "/topic", schemaPath: "#/$defs/event/properties/topic/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.topic.type, parentSchema: schema43.properties.topic, data: data29 };
                  if (vErrors === null) {
                    vErrors = [err73];
                  } else {
                    vErrors.push(err73);
                  }
                  errors++;
                }
              }
              if (data28.endpoint !== void 0 && func0.call(data28, "endpoint")) {
                let data30 = data28.endpoint;
                if (typeof data30 === "string") {
                  if (func65(data30) > 1e3) {
                    const err74 = { instancePath: instancePath + "/events/" + i4 + "/endpoint", schemaPath: "#/$defs/event/properties/endpoint/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema43.properties.endpoint, data: data30 };
                    if (vErrors === null) {
                      vErrors = [err74];
                    } else {
                      vErrors.push(err74);
                    }
                    errors++;
                  }
                  if (!pattern37.test(data30)) {
                    const err75 = { instancePath: instancePath + "/events/" + i4 + "/endpoint", schemaPath: "#/$defs/event/properties/endpoint/pattern", keyword: "pattern", params: { pattern: "^\\s*[A-Za-z]+\\s+\\S+\\s*$" }, schema: "^\\s*[A-Za-z]+\\s+\\S+\\s*$", parentSchema: schema43.properties.endpoint, data: data30 };
                    if (vErrors === null) {
                      vErrors = [err75];
                    } else {
                      vErrors.push(err75);
                    }
                    errors++;
                  }
                } else {
                  const err76 = { instancePath: instancePath + "/events/" + i4 + "/endpoint", schemaPath: "#/$defs/event/properties/endpoint/type", keyword: "type", params: { type: "string" }, schema: schema43.properties.endpoint.type, parentSchema: schema43.properties.endpoint, data: data30 };
                  if (vErrors === null) {
                    vErrors = [err76];
                  } else {
                    vErrors.push(err76);
                  }
                  errors++;
                }
              }
            } else {
              const err77 = { instancePath: instancePath + "/events/" + i4, schemaPath: "#/$defs/event/type", keyword: "type", params: { type: "object" }, schema: schema43.type, parentSchema: schema43, data: data28 };
              if (vErrors === null) {
                vErrors = [err77];
              } else {
                vErrors.push(err77);
              }
              errors++;
            }
          }
        } else {
          const err78 = { instancePath: instancePath + "/events", schemaPath: "#/properties/events/type", keyword: "type", params: { type: "array" }, schema: schema31.properties.events.type, parentSchema: schema31.properties.events, data: data27 };
          if (vErrors === null) {
            vErrors = [err78];
          } else {
            vErrors.push(err78);
          }
          errors++;
        }
      }
      if (data.schedules !== void 0 && func0.call(data, "schedules")) {
        let data31 = data.schedules;
        if (Array.isArray(data31)) {
          if (data31.length > 50) {
            const err79 = { instancePath: instancePath + "/schedules", schemaPath: "#/properties/schedules/maxItems", keyword: "maxItems", params: { limit: 50 }, schema: 50, parentSchema: schema31.properties.schedules, data: data31 };
            if (vErrors === null) {
              vErrors = [err79];
            } else {
              vErrors.push(err79);
            }
            errors++;
          }
          const len4 = data31.length;
          for (let i5 = 0; i5 < len4; i5++) {
            let data32 = data31[i5];
            if (data32 && typeof data32 == "object" && !Array.isArray(data32)) {
              if (data32.name === void 0 || !func0.call(data32, "name")) {
                const err80 = { instancePath: instancePath + "/schedules/" + i5, schemaPath: "#/$defs/schedule/required", keyword: "required", params: { missingProperty: "name" }, schema: schema44.required, parentSchema: schema44, data: data32 };
                if (vErrors === null) {
                  vErrors = [err80];
                } else {
                  vErrors.push(err80);
                }
                errors++;
              }
              if (data32.cron === void 0 || !func0.call(data32, "cron")) {
                const err81 = { instancePath: instancePath + "/schedules/" + i5, schemaPath: "#/$defs/schedule/required", keyword: "required", params: { missingProperty: "cron" }, schema: schema44.required, parentSchema: schema44, data: data32 };
                if (vErrors === null) {
                  vErrors = [err81];
                } else {
                  vErrors.push(err81);
                }
                errors++;
              }
              if (data32.endpoint === void 0 || !func0.call(data32, "endpoint")) {
                const err82 = { instancePath: instancePath + "/schedules/" + i5, schemaPath: "#/$defs/schedule/required", keyword: "required", params: { missingProperty: "endpoint" }, schema: schema44.required, parentSchema: schema44, data: data32 };
                if (vErrors === null) {
                  vErrors = [err82];
                } else {
                  vErrors.push(err82);
                }
                errors++;
              }
              if (data32.name !== void 0 && func0.call(data32, "name")) {
                let data33 = data32.name;
                if (typeof data33 === "string") {
                  if (func65(data33) > 128) {
                    const err83 = { instancePath: instancePath + "/schedules/" + i5 + "/name", schemaPath: "#/$defs/schedule/properties/name/maxLength", keyword: "maxLength", params: { limit: 128 }, schema: 128, parentSchema: schema44.properties.name, data: data33 };
                    if (vErrors === null) {
                      vErrors = [err83];
                    } else {
                      vErrors.push(err83);
                    }
                    errors++;
                  }
                  if (!pattern4.test(data33)) {
                    const err84 = { instancePath: instancePath + "/schedules/" + i5 + "/name", schemaPath: "#/$defs/schedule/properties/name/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, schema: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema44.properties.name, data: data33 };
                    if (vErrors === null) {
                      vErrors = [err84];
                    } else {
                      vErrors.push(err84);
                    }
                    errors++;
                  }
                } else {
                  const err85 = { instancePath: instancePath + "/schedules/" + i5 + "/name", schemaPath: "#/$defs/schedule/properties/name/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.name.type, parentSchema: schema44.properties.name, data: data33 };
                  if (vErrors === null) {
                    vErrors = [err85];
                  } else {
                    vErrors.push(err85);
                  }
                  errors++;
                }
              }
              if (data32.cron !== void 0 && func0.call(data32, "cron")) {
                let data34 = data32.cron;
                if (typeof data34 === "string") {
                  if (func65(data34) > 128) {
                    const err86 = { instancePath: instancePath + "/schedules/" + i5 + "/cron", schemaPath: "#/$defs/schedule/properties/cron/maxLength", keyword: "maxLength", params: { limit: 128 }, schema: 128, parentSchema: schema44.properties.cron, data: data34 };
                    if (vErrors === null) {
                      vErrors = [err86];
                    } else {
                      vErrors.push(err86);
                    }
                    errors++;
                  }
                } else {
                  const err87 = { instancePath: instancePath + "/schedules/" + i5 + "/cron", schemaPath: "#/$defs/schedule/properties/cron/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.cron.type, parentSchema: schema44.properties.cron, data: data34 };
                  if (vErrors === null) {
                    vErrors = [err87];
                  } else {
                    vErrors.push(err87);
                  }
                  errors++;
                }
              }
              if (data32.timezone !== void 0 && func0.call(data32, "timezone")) {
                let data35 = data32.timezone;
                if (typeof data35 === "string") {
                  if (func65(data35) > 64) {
                    const err88 = { instancePath: instancePath + "/schedules/" + i5 + "/timezone", schemaPath: "#/$defs/schedule/properties/timezone/maxLength", keyword: "maxLength", params: { limit: 64 }, schema: 64, parentSchema: schema44.properties.timezone, data: data35 };
                    if (vErrors === null) {
                      vErrors = [err88];
                    } else {
                      vErrors.push(err88);
                    }
                    errors++;
                  }
                } else {
                  const err89 = { instancePath: instancePath + "/schedules/" + i5 + "/timezone", schemaPath: "#/$defs/schedule/properties/timezone/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.timezone.type, parentSchema: schema44.properties.timezone, data: data35 };
                  if (vErrors === null) {
                    vErrors = [err89];
                  } else {
                    vErrors.push(err89);
                  }
                  errors++;
                }
              }
              if (data32.endpoint !== void 0 && func0.call(data32, "endpoint")) {
                let data36 = data32.endpoint;
                if (typeof data36 === "string") {
                  if (func65(data36) > 1e3) {
                    const err90 = { instancePath: instancePath + "/schedules/" + i5 + "/endpoint", schemaPath: "#/$defs/schedule/properties/endpoint/maxLength", keyword: "maxLength", params: { limit: 1e3 }, schema: 1e3, parentSchema: schema44.properties.endpoint, data: data36 };
                    if (vErrors === null) {
                      vErrors = [err90];
                    } else {
                      vErrors.push(err90);
                    }
                    errors++;
                  }
                  if (!pattern37.test(data36)) {
                    const err91 = { instancePath: instancePath + "/schedules/" + i5 + "/endpoint", schemaPath: "#/$defs/schedule/properties/endpoint/pattern", keyword: "pattern", params: { pattern: "^\\s*[A-Za-z]+\\s+\\S+\\s*$" }, schema: "^\\s*[A-Za-z]+\\s+\\S+\\s*$", parentSchema: schema44.properties.endpoint, data: data36 };
                    if (vErrors === null) {
                      vErrors = [err91];
                    } else {
                      vErrors.push(err91);
                    }
                    errors++;
                  }
                } else {
                  const err92 = { instancePath: instancePath + "/schedules/" + i5 + "/endpoint", schemaPath: "#/$defs/schedule/properties/endpoint/type", keyword: "type", params: { type: "string" }, schema: schema44.properties.endpoint.type, parentSchema: schema44.properties.endpoint, data: data36 };
                  if (vErrors === null) {
                    vErrors = [err92];
                  } else {
                    vErrors.push(err92);
                  }
                  errors++;
                }
              }
              if (data32.payload !== void 0 && func0.call(data32, "payload")) {
                let data37 = data32.payload;
                if (!data37 || typeof data37 != "object") {
                  const err93 = { instancePath: instancePath + "/schedules/" + i5 + "/payload", schemaPath: "#/$defs/schedule/properties/payload/type", keyword: "type", params: { type: schema44.properties.payload.type }, schema: schema44.properties.payload.type, parentSchema: schema44.properties.payload, data: data37 };
                  if (vErrors === null) {
                    vErrors = [err93];
                  } else {
                    vErrors.push(err93);
                  }
                  errors++;
                }
              }
              if (data32.enabled !== void 0 && func0.call(data32, "enabled")) {
                let data38 = data32.enabled;
                if (typeof data38 !== "boolean") {
                  const err94 = { instancePath: instancePath + "/schedules/" + i5 + "/enabled", schemaPath: "#/$defs/schedule/properties/enabled/type", keyword: "type", params: { type: "boolean" }, schema: schema44.properties.enabled.type, parentSchema: schema44.properties.enabled, data: data38 };
                  if (vErrors === null) {
                    vErrors = [err94];
                  } else {
                    vErrors.push(err94);
                  }
                  errors++;
                }
              }
            } else {
              const err95 = { instancePath: instancePath + "/schedules/" + i5, schemaPath: "#/$defs/schedule/type", keyword: "type", params: { type: "object" }, schema: schema44.type, parentSchema: schema44, data: data32 };
              if (vErrors === null) {
                vErrors = [err95];
              } else {
                vErrors.push(err95);
              }
              errors++;
            }
          }
        } else {
          const err96 = { instancePath: instancePath + "/schedules", schemaPath: "#/properties/schedules/type", keyword: "type", params: { type: "array" }, schema: schema31.properties.schedules.type, parentSchema: schema31.properties.schedules, data: data31 };
          if (vErrors === null) {
            vErrors = [err96];
          } else {
            vErrors.push(err96);
          }
          errors++;
        }
      }
    } else {
      const err97 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, schema: schema31.type, parentSchema: schema31, data };
      if (vErrors === null) {
        vErrors = [err97];
      } else {
        vErrors.push(err97);
      }
      errors++;
    }
    validate20.errors = vErrors;
    return errors === 0;
  }
  validate20.evaluated = { "props": { "$schema": true, "name": true, "publisher": true, "version": true, "runtime": true, "displayName": true, "description": true, "icon": true, "links": true, "minHostVersion": true, "capabilities": true, "egress": true, "settings": true, "ui": true, "api": true, "events": true, "schedules": true, "entry": true, "main": true, "assets": true, "precompiled": true, "sbom": true, "permissions": true, "components": true, "requiredExtensions": true, "autoEnable": true, "minAppVersion": true, "apiEndpoints": true, "extension": true }, "dynamicProps": false, "dynamicItems": false };
  return __toCommonJS(stdin_exports);
})();

/** Whether a JSON value has the shape of a manifest; its `errors` tell why not, until the next call. */
export const validateSource: { (data: unknown): boolean; errors?: readonly SourceProblem[] | null } =
  compiled.default;
