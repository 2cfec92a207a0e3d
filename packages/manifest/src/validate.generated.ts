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
  var schema31 = { "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["name", "version", "runtime"], "properties": { "$schema": { "type": "string" }, "name": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-problem": "must be a name of 1 to 200 printable characters" }, "publisher": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "x-problem": "must be a name of 1 to 200 printable characters" }, "version": { "type": "string", "maxLength": 100, "pattern": "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", "x-problem": "must be a version such as 1.2.3, 1.2.3-beta.1 or 1.2.*" }, "runtime": { "type": "string", "maxLength": 100, "pattern": "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", "x-problem": "must be a runtime such as wasm-js@1" }, "displayName": { "type": "string", "maxLength": 200, "x-problem": "must be text of at most 200 characters" }, "description": { "type": "string", "maxLength": 4e3, "x-problem": "must be text of at most 4000 characters" }, "capabilities": { "type": "array", "maxItems": 256, "x-problem": "must be a list of at most 256 capability names", "items": { "type": "string", "maxLength": 200, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must be a capability name such as cap:storage.kv" } }, "egress": { "type": "array", "maxItems": 100, "x-problem": "must be a list of at most 100 hosts", "items": { "$ref": "#/$defs/egress" } }, "ui": { "$ref": "#/$defs/ui" }, "api": { "$ref": "#/$defs/api" }, "settings": {}, "entry": {}, "main": {}, "assets": {}, "precompiled": {}, "sbom": {}, "events": {}, "permissions": {}, "components": {}, "requiredExtensions": {}, "autoEnable": {}, "minAppVersion": {}, "apiEndpoints": {}, "extension": {} }, "$defs": { "egress": { "type": "object", "required": ["host", "reason"], "x-problem": "must be an object with host and reason", "properties": { "host": { "type": "string", "maxLength": 253, "pattern": "^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "x-problem": "must be a public host name such as api.vendor.example or *.vendor.example: no scheme, port, path or IP address" }, "ports": { "type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true, "x-problem": "must be a list of different ports", "items": { "type": "integer", "minimum": 1, "maximum": 65535, "x-problem": "must be a port from 1 to 65535" } }, "reason": { "type": "string", "maxLength": 500, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must say why in one line of at most 500 characters" } } }, "ui": { "type": "object", "required": ["type", "entry"], "x-problem": "must be an object with type and entry", "properties": { "type": { "const": "iframe", "x-problem": 'must be "iframe"' }, "entry": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "x-problem": "must be a path inside the bundle, without whitespace, backslash or .. segments" }, "hooks": { "$ref": "#/$defs/hooks" }, "routes": {} } }, "hooks": { "type": "object", "x-problem": "must be an object", "properties": { "appMenu": { "$ref": "#/$defs/menu" }, "clientPortalMenu": { "$ref": "#/$defs/menu" } } }, "menu": { "type": "object", "required": ["label"], "x-problem": "must be an object with a label", "properties": { "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must be a label of 1 to 100 printable characters" } } }, "api": { "type": "object", "required": ["endpoints"], "x-problem": "must be an object with endpoints", "properties": { "endpoints": { "type": "array", "maxItems": 1e3, "x-problem": "must be a list of at most 1000 endpoints", "items": { "$ref": "#/$defs/endpoint" } } } }, "endpoint": { "type": "object", "required": ["method", "path", "handler"], "x-problem": "must be an object with method, path and handler", "properties": { "method": { "type": "string", "pattern": "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "x-problem": "must be GET, POST, PUT, PATCH, DELETE, OPTIONS or HEAD" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-problem": "must be a path without whitespace, backslash or .. segments" }, "handler": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must be a non-empty name without .. segments" }, "schedulable": { "type": "boolean", "x-problem": "must be true or false" }, "summary": { "type": "string", "maxLength": 500, "x-problem": "must be text of at most 500 characters" } } } } };
  var schema32 = { "type": "object", "required": ["host", "reason"], "x-problem": "must be an object with host and reason", "properties": { "host": { "type": "string", "maxLength": 253, "pattern": "^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "x-problem": "must be a public host name such as api.vendor.example or *.vendor.example: no scheme, port, path or IP address" }, "ports": { "type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true, "x-problem": "must be a list of different ports", "items": { "type": "integer", "minimum": 1, "maximum": 65535, "x-problem": "must be a port from 1 to 65535" } }, "reason": { "type": "string", "maxLength": 500, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must say why in one line of at most 500 characters" } } };
  var func0 = Object.prototype.hasOwnProperty;
  var func65 = require_ucs2length().default;
  var pattern4 = new RegExp("^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", "u");
  var pattern6 = new RegExp("^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", "u");
  var pattern7 = new RegExp("^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", "u");
  var pattern8 = new RegExp("^(?=\\s*\\S)[^\\p{Cc}]+$", "u");
  var pattern9 = new RegExp("^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", "u");
  var schema33 = { "type": "object", "required": ["type", "entry"], "x-problem": "must be an object with type and entry", "properties": { "type": { "const": "iframe", "x-problem": 'must be "iframe"' }, "entry": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "x-problem": "must be a path inside the bundle, without whitespace, backslash or .. segments" }, "hooks": { "$ref": "#/$defs/hooks" }, "routes": {} } };
  var pattern11 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", "u");
  var schema34 = { "type": "object", "x-problem": "must be an object", "properties": { "appMenu": { "$ref": "#/$defs/menu" }, "clientPortalMenu": { "$ref": "#/$defs/menu" } } };
  var schema35 = { "type": "object", "required": ["label"], "x-problem": "must be an object with a label", "properties": { "label": { "type": "string", "maxLength": 100, "pattern": "^(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must be a label of 1 to 100 printable characters" } } };
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
            const err0 = { instancePath: instancePath + "/appMenu", schemaPath: "#/$defs/menu/required", keyword: "required", params: { missingProperty: "label" }, message: "must have required property 'label'", schema: schema35.required, parentSchema: schema35, data: data0 };
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
                const err1 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters", schema: 100, parentSchema: schema35.properties.label, data: data1 };
                if (vErrors === null) {
                  vErrors = [err1];
                } else {
                  vErrors.push(err1);
                }
                errors++;
              }
              if (!pattern8.test(data1)) {
                const err2 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema35.properties.label, data: data1 };
                if (vErrors === null) {
                  vErrors = [err2];
                } else {
                  vErrors.push(err2);
                }
                errors++;
              }
            } else {
              const err3 = { instancePath: instancePath + "/appMenu/label", schemaPath: "#/$defs/menu/properties/label/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema35.properties.label.type, parentSchema: schema35.properties.label, data: data1 };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
          }
        } else {
          const err4 = { instancePath: instancePath + "/appMenu", schemaPath: "#/$defs/menu/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema35.type, parentSchema: schema35, data: data0 };
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
            const err5 = { instancePath: instancePath + "/clientPortalMenu", schemaPath: "#/$defs/menu/required", keyword: "required", params: { missingProperty: "label" }, message: "must have required property 'label'", schema: schema35.required, parentSchema: schema35, data: data2 };
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
                const err6 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters", schema: 100, parentSchema: schema35.properties.label, data: data3 };
                if (vErrors === null) {
                  vErrors = [err6];
                } else {
                  vErrors.push(err6);
                }
                errors++;
              }
              if (!pattern8.test(data3)) {
                const err7 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema35.properties.label, data: data3 };
                if (vErrors === null) {
                  vErrors = [err7];
                } else {
                  vErrors.push(err7);
                }
                errors++;
              }
            } else {
              const err8 = { instancePath: instancePath + "/clientPortalMenu/label", schemaPath: "#/$defs/menu/properties/label/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema35.properties.label.type, parentSchema: schema35.properties.label, data: data3 };
              if (vErrors === null) {
                vErrors = [err8];
              } else {
                vErrors.push(err8);
              }
              errors++;
            }
          }
        } else {
          const err9 = { instancePath: instancePath + "/clientPortalMenu", schemaPath: "#/$defs/menu/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema35.type, parentSchema: schema35, data: data2 };
          if (vErrors === null) {
            vErrors = [err9];
          } else {
            vErrors.push(err9);
          }
          errors++;
        }
      }
    } else {
      const err10 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema34.type, parentSchema: schema34, data };
      if (vErrors === null) {
        vErrors = [err10];
      } else {
        vErrors.push(err10);
      }
      errors++;
    }
    validate22.errors = vErrors;
    return errors === 0;
  }
  validate22.evaluated = { "props": { "appMenu": true, "clientPortalMenu": true }, "dynamicProps": false, "dynamicItems": false };
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
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "type" }, message: "must have required property 'type'", schema: schema33.required, parentSchema: schema33, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data.entry === void 0 || !func0.call(data, "entry")) {
        const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "entry" }, message: "must have required property 'entry'", schema: schema33.required, parentSchema: schema33, data };
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
          const err2 = { instancePath: instancePath + "/type", schemaPath: "#/properties/type/const", keyword: "const", params: { allowedValue: "iframe" }, message: "must be equal to constant", schema: "iframe", parentSchema: schema33.properties.type, data: data0 };
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
            const err3 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters", schema: 500, parentSchema: schema33.properties.entry, data: data1 };
            if (vErrors === null) {
              vErrors = [err3];
            } else {
              vErrors.push(err3);
            }
            errors++;
          }
          if (!pattern11.test(data1)) {
            const err4 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$" }, message: 'must match pattern "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$"', schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?![A-Za-z][A-Za-z0-9+.-]*:)[^\\s\\p{Cc}\\\\]+$", parentSchema: schema33.properties.entry, data: data1 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
        } else {
          const err5 = { instancePath: instancePath + "/entry", schemaPath: "#/properties/entry/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema33.properties.entry.type, parentSchema: schema33.properties.entry, data: data1 };
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
      const err6 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema33.type, parentSchema: schema33, data };
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
  var schema37 = { "type": "object", "required": ["endpoints"], "x-problem": "must be an object with endpoints", "properties": { "endpoints": { "type": "array", "maxItems": 1e3, "x-problem": "must be a list of at most 1000 endpoints", "items": { "$ref": "#/$defs/endpoint" } } } };
  var schema38 = { "type": "object", "required": ["method", "path", "handler"], "x-problem": "must be an object with method, path and handler", "properties": { "method": { "type": "string", "pattern": "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "x-problem": "must be GET, POST, PUT, PATCH, DELETE, OPTIONS or HEAD" }, "path": { "type": "string", "maxLength": 1e3, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "x-problem": "must be a path without whitespace, backslash or .. segments" }, "handler": { "type": "string", "maxLength": 500, "pattern": "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "x-problem": "must be a non-empty name without .. segments" }, "schedulable": { "type": "boolean", "x-problem": "must be true or false" }, "summary": { "type": "string", "maxLength": 500, "x-problem": "must be text of at most 500 characters" } } };
  var pattern14 = new RegExp("^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", "u");
  var pattern15 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", "u");
  var pattern16 = new RegExp("^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", "u");
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
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "endpoints" }, message: "must have required property 'endpoints'", schema: schema37.required, parentSchema: schema37, data };
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
            const err1 = { instancePath: instancePath + "/endpoints", schemaPath: "#/properties/endpoints/maxItems", keyword: "maxItems", params: { limit: 1e3 }, message: "must NOT have more than 1000 items", schema: 1e3, parentSchema: schema37.properties.endpoints, data: data0 };
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
                const err2 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "method" }, message: "must have required property 'method'", schema: schema38.required, parentSchema: schema38, data: data1 };
                if (vErrors === null) {
                  vErrors = [err2];
                } else {
                  vErrors.push(err2);
                }
                errors++;
              }
              if (data1.path === void 0 || !func0.call(data1, "path")) {
                const err3 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "path" }, message: "must have required property 'path'", schema: schema38.required, parentSchema: schema38, data: data1 };
                if (vErrors === null) {
                  vErrors = [err3];
                } else {
                  vErrors.push(err3);
                }
                errors++;
              }
              if (data1.handler === void 0 || !func0.call(data1, "handler")) {
                const err4 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/required", keyword: "required", params: { missingProperty: "handler" }, message: "must have required property 'handler'", schema: schema38.required, parentSchema: schema38, data: data1 };
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
                  if (!pattern14.test(data2)) {
                    const err5 = { instancePath: instancePath + "/endpoints/" + i0 + "/method", schemaPath: "#/$defs/endpoint/properties/method/pattern", keyword: "pattern", params: { pattern: "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$" }, message: 'must match pattern "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$"', schema: "^(?:[Gg][Ee][Tt]|[Pp][Oo][Ss][Tt]|[Pp][Uu][Tt]|[Pp][Aa][Tt][Cc][Hh]|[Dd][Ee][Ll][Ee][Tt][Ee]|[Oo][Pp][Tt][Ii][Oo][Nn][Ss]|[Hh][Ee][Aa][Dd])$", parentSchema: schema38.properties.method, data: data2 };
                    if (vErrors === null) {
                      vErrors = [err5];
                    } else {
                      vErrors.push(err5);
                    }
                    errors++;
                  }
                } else {
                  const err6 = { instancePath: instancePath + "/endpoints/" + i0 + "/method", schemaPath: "#/$defs/endpoint/properties/method/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema38.properties.method.type, parentSchema: schema38.properties.method, data: data2 };
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
                    const err7 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/maxLength", keyword: "maxLength", params: { limit: 1e3 }, message: "must NOT have more than 1000 characters", schema: 1e3, parentSchema: schema38.properties.path, data: data3 };
                    if (vErrors === null) {
                      vErrors = [err7];
                    } else {
                      vErrors.push(err7);
                    }
                    errors++;
                  }
                  if (!pattern15.test(data3)) {
                    const err8 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$" }, message: 'must match pattern "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$"', schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))[^\\s\\p{Cc}\\\\]+$", parentSchema: schema38.properties.path, data: data3 };
                    if (vErrors === null) {
                      vErrors = [err8];
                    } else {
                      vErrors.push(err8);
                    }
                    errors++;
                  }
                } else {
                  const err9 = { instancePath: instancePath + "/endpoints/" + i0 + "/path", schemaPath: "#/$defs/endpoint/properties/path/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema38.properties.path.type, parentSchema: schema38.properties.path, data: data3 };
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
                    const err10 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters", schema: 500, parentSchema: schema38.properties.handler, data: data4 };
                    if (vErrors === null) {
                      vErrors = [err10];
                    } else {
                      vErrors.push(err10);
                    }
                    errors++;
                  }
                  if (!pattern16.test(data4)) {
                    const err11 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/pattern", keyword: "pattern", params: { pattern: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$" }, message: 'must match pattern "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$"', schema: "^(?!(?:.*(?:[/\\\\]|%2[fF]|%5[cC]))?(?:\\.|%2[eE]){2}(?:(?:[/\\\\]|%2[fF]|%5[cC])|$))(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema38.properties.handler, data: data4 };
                    if (vErrors === null) {
                      vErrors = [err11];
                    } else {
                      vErrors.push(err11);
                    }
                    errors++;
                  }
                } else {
                  const err12 = { instancePath: instancePath + "/endpoints/" + i0 + "/handler", schemaPath: "#/$defs/endpoint/properties/handler/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema38.properties.handler.type, parentSchema: schema38.properties.handler, data: data4 };
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
                  const err13 = { instancePath: instancePath + "/endpoints/" + i0 + "/schedulable", schemaPath: "#/$defs/endpoint/properties/schedulable/type", keyword: "type", params: { type: "boolean" }, message: "must be boolean", schema: schema38.properties.schedulable.type, parentSchema: schema38.properties.schedulable, data: data5 };
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
                    const err14 = { instancePath: instancePath + "/endpoints/" + i0 + "/summary", schemaPath: "#/$defs/endpoint/properties/summary/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters", schema: 500, parentSchema: schema38.properties.summary, data: data6 };
                    if (vErrors === null) {
                      vErrors = [err14];
                    } else {
                      vErrors.push(err14);
                    }
                    errors++;
                  }
                } else {
                  const err15 = { instancePath: instancePath + "/endpoints/" + i0 + "/summary", schemaPath: "#/$defs/endpoint/properties/summary/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema38.properties.summary.type, parentSchema: schema38.properties.summary, data: data6 };
                  if (vErrors === null) {
                    vErrors = [err15];
                  } else {
                    vErrors.push(err15);
                  }
                  errors++;
                }
              }
            } else {
              const err16 = { instancePath: instancePath + "/endpoints/" + i0, schemaPath: "#/$defs/endpoint/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema38.type, parentSchema: schema38, data: data1 };
              if (vErrors === null) {
                vErrors = [err16];
              } else {
                vErrors.push(err16);
              }
              errors++;
            }
          }
        } else {
          const err17 = { instancePath: instancePath + "/endpoints", schemaPath: "#/properties/endpoints/type", keyword: "type", params: { type: "array" }, message: "must be array", schema: schema37.properties.endpoints.type, parentSchema: schema37.properties.endpoints, data: data0 };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
      }
    } else {
      const err18 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema37.type, parentSchema: schema37, data };
      if (vErrors === null) {
        vErrors = [err18];
      } else {
        vErrors.push(err18);
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
        const err0 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "name" }, message: "must have required property 'name'", schema: schema31.required, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
      if (data.version === void 0 || !func0.call(data, "version")) {
        const err1 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "version" }, message: "must have required property 'version'", schema: schema31.required, parentSchema: schema31, data };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
      if (data.runtime === void 0 || !func0.call(data, "runtime")) {
        const err2 = { instancePath, schemaPath: "#/required", keyword: "required", params: { missingProperty: "runtime" }, message: "must have required property 'runtime'", schema: schema31.required, parentSchema: schema31, data };
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
          const err3 = { instancePath: instancePath + "/$schema", schemaPath: "#/properties/%24schema/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.$schema.type, parentSchema: schema31.properties.$schema, data: data0 };
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
            const err4 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters", schema: 200, parentSchema: schema31.properties.name, data: data1 };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
          if (!pattern4.test(data1)) {
            const err5 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema31.properties.name, data: data1 };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        } else {
          const err6 = { instancePath: instancePath + "/name", schemaPath: "#/properties/name/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.name.type, parentSchema: schema31.properties.name, data: data1 };
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
            const err7 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters", schema: 200, parentSchema: schema31.properties.publisher, data: data2 };
            if (vErrors === null) {
              vErrors = [err7];
            } else {
              vErrors.push(err7);
            }
            errors++;
          }
          if (!pattern4.test(data2)) {
            const err8 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}\\p{Cf}\\p{Cs}]+$", parentSchema: schema31.properties.publisher, data: data2 };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        } else {
          const err9 = { instancePath: instancePath + "/publisher", schemaPath: "#/properties/publisher/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.publisher.type, parentSchema: schema31.properties.publisher, data: data2 };
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
            const err10 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters", schema: 100, parentSchema: schema31.properties.version, data: data3 };
            if (vErrors === null) {
              vErrors = [err10];
            } else {
              vErrors.push(err10);
            }
            errors++;
          }
          if (!pattern6.test(data3)) {
            const err11 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/pattern", keyword: "pattern", params: { pattern: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$" }, message: 'must match pattern "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$"', schema: "^(?:0|[1-9]\\d{0,8})\\.(?:0|[1-9]\\d{0,8})\\.(?:\\*|(?:0|[1-9]\\d{0,8})(?:-[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?)$", parentSchema: schema31.properties.version, data: data3 };
            if (vErrors === null) {
              vErrors = [err11];
            } else {
              vErrors.push(err11);
            }
            errors++;
          }
        } else {
          const err12 = { instancePath: instancePath + "/version", schemaPath: "#/properties/version/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.version.type, parentSchema: schema31.properties.version, data: data3 };
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
            const err13 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/maxLength", keyword: "maxLength", params: { limit: 100 }, message: "must NOT have more than 100 characters", schema: 100, parentSchema: schema31.properties.runtime, data: data4 };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
          if (!pattern7.test(data4)) {
            const err14 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/pattern", keyword: "pattern", params: { pattern: "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$" }, message: 'must match pattern "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$"', schema: "^(?=[^@-]*[@-])[^\\s\\p{Cc}]+$", parentSchema: schema31.properties.runtime, data: data4 };
            if (vErrors === null) {
              vErrors = [err14];
            } else {
              vErrors.push(err14);
            }
            errors++;
          }
        } else {
          const err15 = { instancePath: instancePath + "/runtime", schemaPath: "#/properties/runtime/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.runtime.type, parentSchema: schema31.properties.runtime, data: data4 };
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
            const err16 = { instancePath: instancePath + "/displayName", schemaPath: "#/properties/displayName/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters", schema: 200, parentSchema: schema31.properties.displayName, data: data5 };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        } else {
          const err17 = { instancePath: instancePath + "/displayName", schemaPath: "#/properties/displayName/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.displayName.type, parentSchema: schema31.properties.displayName, data: data5 };
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
            const err18 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/maxLength", keyword: "maxLength", params: { limit: 4e3 }, message: "must NOT have more than 4000 characters", schema: 4e3, parentSchema: schema31.properties.description, data: data6 };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        } else {
          const err19 = { instancePath: instancePath + "/description", schemaPath: "#/properties/description/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.description.type, parentSchema: schema31.properties.description, data: data6 };
          if (vErrors === null) {
            vErrors = [err19];
          } else {
            vErrors.push(err19);
          }
          errors++;
        }
      }
      if (data.capabilities !== void 0 && func0.call(data, "capabilities")) {
        let data7 = data.capabilities;
        if (Array.isArray(data7)) {
          if (data7.length > 256) {
            const err20 = { instancePath: instancePath + "/capabilities", schemaPath: "#/properties/capabilities/maxItems", keyword: "maxItems", params: { limit: 256 }, message: "must NOT have more than 256 items", schema: 256, parentSchema: schema31.properties.capabilities, data: data7 };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
          const len0 = data7.length;
          for (let i0 = 0; i0 < len0; i0++) {
            let data8 = data7[i0];
            if (typeof data8 === "string") {
              if (func65(data8) > 200) {
                const err21 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/maxLength", keyword: "maxLength", params: { limit: 200 }, message: "must NOT have more than 200 characters", schema: 200, parentSchema: schema31.properties.capabilities.items, data: data8 };
                if (vErrors === null) {
                  vErrors = [err21];
                } else {
                  vErrors.push(err21);
                }
                errors++;
              }
              if (!pattern8.test(data8)) {
                const err22 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema31.properties.capabilities.items, data: data8 };
                if (vErrors === null) {
                  vErrors = [err22];
                } else {
                  vErrors.push(err22);
                }
                errors++;
              }
            } else {
              const err23 = { instancePath: instancePath + "/capabilities/" + i0, schemaPath: "#/properties/capabilities/items/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema31.properties.capabilities.items.type, parentSchema: schema31.properties.capabilities.items, data: data8 };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
        } else {
          const err24 = { instancePath: instancePath + "/capabilities", schemaPath: "#/properties/capabilities/type", keyword: "type", params: { type: "array" }, message: "must be array", schema: schema31.properties.capabilities.type, parentSchema: schema31.properties.capabilities, data: data7 };
          if (vErrors === null) {
            vErrors = [err24];
          } else {
            vErrors.push(err24);
          }
          errors++;
        }
      }
      if (data.egress !== void 0 && func0.call(data, "egress")) {
        let data9 = data.egress;
        if (Array.isArray(data9)) {
          if (data9.length > 100) {
            const err25 = { instancePath: instancePath + "/egress", schemaPath: "#/properties/egress/maxItems", keyword: "maxItems", params: { limit: 100 }, message: "must NOT have more than 100 items", schema: 100, parentSchema: schema31.properties.egress, data: data9 };
            if (vErrors === null) {
              vErrors = [err25];
            } else {
              vErrors.push(err25);
            }
            errors++;
          }
          const len1 = data9.length;
          for (let i1 = 0; i1 < len1; i1++) {
            let data10 = data9[i1];
            if (data10 && typeof data10 == "object" && !Array.isArray(data10)) {
              if (data10.host === void 0 || !func0.call(data10, "host")) {
                const err26 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/required", keyword: "required", params: { missingProperty: "host" }, message: "must have required property 'host'", schema: schema32.required, parentSchema: schema32, data: data10 };
                if (vErrors === null) {
                  vErrors = [err26];
                } else {
                  vErrors.push(err26);
                }
                errors++;
              }
              if (data10.reason === void 0 || !func0.call(data10, "reason")) {
                const err27 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/required", keyword: "required", params: { missingProperty: "reason" }, message: "must have required property 'reason'", schema: schema32.required, parentSchema: schema32, data: data10 };
                if (vErrors === null) {
                  vErrors = [err27];
                } else {
                  vErrors.push(err27);
                }
                errors++;
              }
              if (data10.host !== void 0 && func0.call(data10, "host")) {
                let data11 = data10.host;
                if (typeof data11 === "string") {
                  if (func65(data11) > 253) {
                    const err28 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/maxLength", keyword: "maxLength", params: { limit: 253 }, message: "must NOT have more than 253 characters", schema: 253, parentSchema: schema32.properties.host, data: data11 };
                    if (vErrors === null) {
                      vErrors = [err28];
                    } else {
                      vErrors.push(err28);
                    }
                    errors++;
                  }
                  if (!pattern9.test(data11)) {
                    const err29 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/pattern", keyword: "pattern", params: { pattern: "^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$" }, message: 'must match pattern "^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$"', schema: "^(?=(?:\\*\\.)?[^.]+\\.[^.])(?!\\*\\.[^.]+$)(?:\\*\\.)?(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])$", parentSchema: schema32.properties.host, data: data11 };
                    if (vErrors === null) {
                      vErrors = [err29];
                    } else {
                      vErrors.push(err29);
                    }
                    errors++;
                  }
                } else {
                  const err30 = { instancePath: instancePath + "/egress/" + i1 + "/host", schemaPath: "#/$defs/egress/properties/host/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema32.properties.host.type, parentSchema: schema32.properties.host, data: data11 };
                  if (vErrors === null) {
                    vErrors = [err30];
                  } else {
                    vErrors.push(err30);
                  }
                  errors++;
                }
              }
              if (data10.ports !== void 0 && func0.call(data10, "ports")) {
                let data12 = data10.ports;
                if (Array.isArray(data12)) {
                  if (data12.length > 16) {
                    const err31 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/maxItems", keyword: "maxItems", params: { limit: 16 }, message: "must NOT have more than 16 items", schema: 16, parentSchema: schema32.properties.ports, data: data12 };
                    if (vErrors === null) {
                      vErrors = [err31];
                    } else {
                      vErrors.push(err31);
                    }
                    errors++;
                  }
                  if (data12.length < 1) {
                    const err32 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/minItems", keyword: "minItems", params: { limit: 1 }, message: "must NOT have fewer than 1 items", schema: 1, parentSchema: schema32.properties.ports, data: data12 };
                    if (vErrors === null) {
                      vErrors = [err32];
                    } else {
                      vErrors.push(err32);
                    }
                    errors++;
                  }
                  const len2 = data12.length;
                  for (let i2 = 0; i2 < len2; i2++) {
                    let data13 = data12[i2];
                    if (!(typeof data13 == "number" && (!(data13 % 1) && !isNaN(data13)) && isFinite(data13))) {
                      const err33 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/type", keyword: "type", params: { type: "integer" }, message: "must be integer", schema: schema32.properties.ports.items.type, parentSchema: schema32.properties.ports.items, data: data13 };
                      if (vErrors === null) {
                        vErrors = [err33];
                      } else {
                        vErrors.push(err33);
                      }
                      errors++;
                    }
                    if (typeof data13 == "number" && isFinite(data13)) {
                      if (data13 > 65535 || isNaN(data13)) {
                        const err34 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/maximum", keyword: "maximum", params: { comparison: "<=", limit: 65535 }, message: "must be <= 65535", schema: 65535, parentSchema: schema32.properties.ports.items, data: data13 };
                        if (vErrors === null) {
                          vErrors = [err34];
                        } else {
                          vErrors.push(err34);
                        }
                        errors++;
                      }
                      if (data13 < 1 || isNaN(data13)) {
                        const err35 = { instancePath: instancePath + "/egress/" + i1 + "/ports/" + i2, schemaPath: "#/$defs/egress/properties/ports/items/minimum", keyword: "minimum", params: { comparison: ">=", limit: 1 }, message: "must be >= 1", schema: 1, parentSchema: schema32.properties.ports.items, data: data13 };
                        if (vErrors === null) {
                          vErrors = [err35];
                        } else {
                          vErrors.push(err35);
                        }
                        errors++;
                      }
                    }
                  }
                  let i3 = data12.length;
                  let j0;
                  if (i3 > 1) {
                    const indices0 = {};
                    for (; i3--; ) {
                      let item0 = data12[i3];
                      if (!(typeof item0 == "number" && (!(item0 % 1) && !isNaN(item0)) && isFinite(item0))) {
                        continue;
                      }
                      if (typeof indices0[item0] == "number") {
                        j0 = indices0[item0];
                        const err36 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/uniqueItems", keyword: "uniqueItems", params: { i: i3, j: j0 }, message: "must NOT have duplicate items (items ## " + j0 + " and " + i3 + " are identical)", schema: true, parentSchema: schema32.properties.ports, data: data12 };
                        if (vErrors === null) {
                          vErrors = [err36];
                        } else {
                          vErrors.push(err36);
                        }
                        errors++;
                        break;
                      }
                      indices0[item0] = i3;
                    }
                  }
                } else {
                  const err37 = { instancePath: instancePath + "/egress/" + i1 + "/ports", schemaPath: "#/$defs/egress/properties/ports/type", keyword: "type", params: { type: "array" }, message: "must be array", schema: schema32.properties.ports.type, parentSchema: schema32.properties.ports, data: data12 };
                  if (vErrors === null) {
                    vErrors = [err37];
                  } else {
                    vErrors.push(err37);
                  }
                  errors++;
                }
              }
              if (data10.reason !== void 0 && func0.call(data10, "reason")) {
                let data14 = data10.reason;
                if (typeof data14 === "string") {
                  if (func65(data14) > 500) {
                    const err38 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/maxLength", keyword: "maxLength", params: { limit: 500 }, message: "must NOT have more than 500 characters", schema: 500, parentSchema: schema32.properties.reason, data: data14 };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                  if (!pattern8.test(data14)) {
                    const err39 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/pattern", keyword: "pattern", params: { pattern: "^(?=\\s*\\S)[^\\p{Cc}]+$" }, message: 'must match pattern "^(?=\\s*\\S)[^\\p{Cc}]+$"', schema: "^(?=\\s*\\S)[^\\p{Cc}]+$", parentSchema: schema32.properties.reason, data: data14 };
                    if (vErrors === null) {
                      vErrors = [err39];
                    } else {
                      vErrors.push(err39);
                    }
                    errors++;
                  }
                } else {
                  const err40 = { instancePath: instancePath + "/egress/" + i1 + "/reason", schemaPath: "#/$defs/egress/properties/reason/type", keyword: "type", params: { type: "string" }, message: "must be string", schema: schema32.properties.reason.type, parentSchema: schema32.properties.reason, data: data14 };
                  if (vErrors === null) {
                    vErrors = [err40];
                  } else {
                    vErrors.push(err40);
                  }
                  errors++;
                }
              }
            } else {
              const err41 = { instancePath: instancePath + "/egress/" + i1, schemaPath: "#/$defs/egress/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema32.type, parentSchema: schema32, data: data10 };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
          }
        } else {
          const err42 = { instancePath: instancePath + "/egress", schemaPath: "#/properties/egress/type", keyword: "type", params: { type: "array" }, message: "must be array", schema: schema31.properties.egress.type, parentSchema: schema31.properties.egress, data: data9 };
          if (vErrors === null) {
            vErrors = [err42];
          } else {
            vErrors.push(err42);
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
    } else {
      const err43 = { instancePath, schemaPath: "#/type", keyword: "type", params: { type: "object" }, message: "must be object", schema: schema31.type, parentSchema: schema31, data };
      if (vErrors === null) {
        vErrors = [err43];
      } else {
        vErrors.push(err43);
      }
      errors++;
    }
    validate20.errors = vErrors;
    return errors === 0;
  }
  validate20.evaluated = { "props": { "$schema": true, "name": true, "publisher": true, "version": true, "runtime": true, "displayName": true, "description": true, "capabilities": true, "egress": true, "ui": true, "api": true, "settings": true, "entry": true, "main": true, "assets": true, "precompiled": true, "sbom": true, "events": true, "permissions": true, "components": true, "requiredExtensions": true, "autoEnable": true, "minAppVersion": true, "apiEndpoints": true, "extension": true }, "dynamicProps": false, "dynamicItems": false };
  return __toCommonJS(stdin_exports);
})();

/** Whether a JSON value has the shape of a manifest; its `errors` tell why not, until the next call. */
export const validateSource: { (data: unknown): boolean; errors?: readonly SourceProblem[] | null } =
  compiled.default;
