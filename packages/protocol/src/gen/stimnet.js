/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

// Common aliases
const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $String = $util.global.String, $Array = $util.global.Array, $isFinite = $util.global.isFinite, $Boolean = $util.global.Boolean;

// Exported root namespace
const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const stimnet = $root.stimnet = (() => {

    /**
     * Namespace stimnet.
     * @exports stimnet
     * @namespace
     */
    const stimnet = {};

    stimnet.AuditRecord = (function() {

        /**
         * Properties of an AuditRecord.
         * @typedef {Object} stimnet.AuditRecord.$Properties
         * @property {number} [sequence] AuditRecord sequence
         * @property {number} [atMs] AuditRecord atMs
         * @property {string} [kind] AuditRecord kind
         * @property {string} [actor] AuditRecord actor
         * @property {string} [jobId] AuditRecord jobId
         * @property {string} [code] AuditRecord code
         * @property {string} [detailJson] AuditRecord detailJson
         * @property {Uint8Array} [hash] AuditRecord hash
         * @property {Uint8Array} [salt] AuditRecord salt
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an AuditRecord.
         * @memberof stimnet
         * @interface IAuditRecord
         * @augments stimnet.AuditRecord.$Properties
         * @deprecated Use stimnet.AuditRecord.$Properties instead.
         */

        /**
         * Shape of an AuditRecord.
         * @typedef {stimnet.AuditRecord.$Properties} stimnet.AuditRecord.$Shape
         */

        /**
         * Constructs a new AuditRecord.
         * @memberof stimnet
         * @classdesc Represents an AuditRecord.
         * @constructor
         * @param {stimnet.AuditRecord.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const AuditRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * AuditRecord sequence.
         * @member {number} sequence
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.sequence = 0;

        /**
         * AuditRecord atMs.
         * @member {number} atMs
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.atMs = 0;

        /**
         * AuditRecord kind.
         * @member {string} kind
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.kind = "";

        /**
         * AuditRecord actor.
         * @member {string} actor
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.actor = "";

        /**
         * AuditRecord jobId.
         * @member {string} jobId
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.jobId = "";

        /**
         * AuditRecord code.
         * @member {string} code
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.code = "";

        /**
         * AuditRecord detailJson.
         * @member {string} detailJson
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.detailJson = "";

        /**
         * AuditRecord hash.
         * @member {Uint8Array} hash
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.hash = $util.newBuffer([]);

        /**
         * AuditRecord salt.
         * @member {Uint8Array} salt
         * @memberof stimnet.AuditRecord
         * @instance
         */
        AuditRecord.prototype.salt = $util.newBuffer([]);

        /**
         * Creates a new AuditRecord instance using the specified properties.
         * @function create
         * @memberof stimnet.AuditRecord
         * @static
         * @param {stimnet.AuditRecord.$Properties=} [properties] Properties to set
         * @returns {stimnet.AuditRecord} AuditRecord instance
         * @type {{
         *   (properties: stimnet.AuditRecord.$Shape): stimnet.AuditRecord & stimnet.AuditRecord.$Shape;
         *   (properties?: stimnet.AuditRecord.$Properties): stimnet.AuditRecord;
         * }}
         */
        AuditRecord.create = function(properties) {
            return new AuditRecord(properties);
        };

        /**
         * Encodes the specified AuditRecord message. Does not implicitly {@link stimnet.AuditRecord.verify|verify} messages.
         * @function encode
         * @memberof stimnet.AuditRecord
         * @static
         * @param {stimnet.AuditRecord.$Properties} message AuditRecord message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        AuditRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && !$Object.is(message.sequence, 0))
                writer.uint32(/* id 1, wireType 1 =*/9).double(message.sequence);
            if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs") && !$Object.is(message.atMs, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.atMs);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.kind);
            if (message.actor != null && $Object.hasOwnProperty.call(message, "actor") && message.actor !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.actor);
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.jobId);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.code);
            if (message.detailJson != null && $Object.hasOwnProperty.call(message, "detailJson") && message.detailJson !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.detailJson);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(/* id 9, wireType 2 =*/74).bytes(message.hash);
            if (message.salt != null && $Object.hasOwnProperty.call(message, "salt") && message.salt.length)
                writer.uint32(/* id 10, wireType 2 =*/82).bytes(message.salt);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an AuditRecord message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.AuditRecord
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.AuditRecord & stimnet.AuditRecord.$Shape} AuditRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        AuditRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.AuditRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.atMs = value;
                        else
                            delete message.atMs;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.actor = value;
                        else
                            delete message.actor;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.detailJson = value;
                        else
                            delete message.detailJson;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.salt = value;
                        else
                            delete message.salt;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an AuditRecord message.
         * @function verify
         * @memberof stimnet.AuditRecord
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        AuditRecord.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                if (typeof message.sequence !== "number")
                    return "sequence: number expected";
            if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs"))
                if (typeof message.atMs !== "number")
                    return "atMs: number expected";
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                if (!$util.isString(message.kind))
                    return "kind: string expected";
            if (message.actor != null && $Object.hasOwnProperty.call(message, "actor"))
                if (!$util.isString(message.actor))
                    return "actor: string expected";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                if (!$util.isString(message.jobId))
                    return "jobId: string expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            if (message.detailJson != null && $Object.hasOwnProperty.call(message, "detailJson"))
                if (!$util.isString(message.detailJson))
                    return "detailJson: string expected";
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                if (!(message.hash && typeof message.hash.length === "number" || $util.isString(message.hash)))
                    return "hash: buffer expected";
            if (message.salt != null && $Object.hasOwnProperty.call(message, "salt"))
                if (!(message.salt && typeof message.salt.length === "number" || $util.isString(message.salt)))
                    return "salt: buffer expected";
            return null;
        };

        /**
         * Creates an AuditRecord message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.AuditRecord
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.AuditRecord} AuditRecord
         */
        AuditRecord.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.AuditRecord)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.AuditRecord: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.AuditRecord();
            if (object.sequence != null)
                if (!$Object.is($Number(object.sequence), 0))
                    message.sequence = $Number(object.sequence);
            if (object.atMs != null)
                if (!$Object.is($Number(object.atMs), 0))
                    message.atMs = $Number(object.atMs);
            if (object.kind != null)
                if (typeof object.kind !== "string" || object.kind.length)
                    message.kind = $String(object.kind);
            if (object.actor != null)
                if (typeof object.actor !== "string" || object.actor.length)
                    message.actor = $String(object.actor);
            if (object.jobId != null)
                if (typeof object.jobId !== "string" || object.jobId.length)
                    message.jobId = $String(object.jobId);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            if (object.detailJson != null)
                if (typeof object.detailJson !== "string" || object.detailJson.length)
                    message.detailJson = $String(object.detailJson);
            if (object.hash != null)
                if (object.hash.length)
                    if (typeof object.hash === "string")
                        $util.base64.decode(object.hash, message.hash = $util.newBuffer($util.base64.length(object.hash)), 0);
                    else if (object.hash.length >= 0)
                        message.hash = object.hash;
            if (object.salt != null)
                if (object.salt.length)
                    if (typeof object.salt === "string")
                        $util.base64.decode(object.salt, message.salt = $util.newBuffer($util.base64.length(object.salt)), 0);
                    else if (object.salt.length >= 0)
                        message.salt = object.salt;
            return message;
        };

        /**
         * Creates a plain object from an AuditRecord message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.AuditRecord
         * @static
         * @param {stimnet.AuditRecord} message AuditRecord
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        AuditRecord.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.sequence = 0;
                object.atMs = 0;
                object.kind = "";
                object.actor = "";
                object.jobId = "";
                object.code = "";
                object.detailJson = "";
                if (options.bytes === $String)
                    object.hash = "";
                else {
                    object.hash = [];
                    if (options.bytes !== $Array)
                        object.hash = $util.newBuffer(object.hash);
                }
                if (options.bytes === $String)
                    object.salt = "";
                else {
                    object.salt = [];
                    if (options.bytes !== $Array)
                        object.salt = $util.newBuffer(object.salt);
                }
            }
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                object.sequence = options.json && !$isFinite(message.sequence) ? $String(message.sequence) : message.sequence;
            if (message.atMs != null && $Object.hasOwnProperty.call(message, "atMs"))
                object.atMs = options.json && !$isFinite(message.atMs) ? $String(message.atMs) : message.atMs;
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                object.kind = message.kind;
            if (message.actor != null && $Object.hasOwnProperty.call(message, "actor"))
                object.actor = message.actor;
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                object.jobId = message.jobId;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            if (message.detailJson != null && $Object.hasOwnProperty.call(message, "detailJson"))
                object.detailJson = message.detailJson;
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = options.bytes === $String ? $util.base64.encode(message.hash, 0, message.hash.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.hash) : message.hash;
            if (message.salt != null && $Object.hasOwnProperty.call(message, "salt"))
                object.salt = options.bytes === $String ? $util.base64.encode(message.salt, 0, message.salt.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.salt) : message.salt;
            return object;
        };

        /**
         * Converts this AuditRecord to JSON.
         * @function toJSON
         * @memberof stimnet.AuditRecord
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        AuditRecord.prototype.toJSON = function() {
            return AuditRecord.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuditRecord;
    })();

    stimnet.WitnessAsk = (function() {

        /**
         * Properties of a WitnessAsk.
         * @typedef {Object} stimnet.WitnessAsk.$Properties
         * @property {string} [note] WitnessAsk note
         * @property {number} [oldSize] WitnessAsk oldSize
         * @property {Array.<Uint8Array>} [path] WitnessAsk path
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WitnessAsk.
         * @memberof stimnet
         * @interface IWitnessAsk
         * @augments stimnet.WitnessAsk.$Properties
         * @deprecated Use stimnet.WitnessAsk.$Properties instead.
         */

        /**
         * Shape of a WitnessAsk.
         * @typedef {stimnet.WitnessAsk.$Properties} stimnet.WitnessAsk.$Shape
         */

        /**
         * Constructs a new WitnessAsk.
         * @memberof stimnet
         * @classdesc Represents a WitnessAsk.
         * @constructor
         * @param {stimnet.WitnessAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WitnessAsk = function (properties) {
            this.path = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WitnessAsk note.
         * @member {string} note
         * @memberof stimnet.WitnessAsk
         * @instance
         */
        WitnessAsk.prototype.note = "";

        /**
         * WitnessAsk oldSize.
         * @member {number} oldSize
         * @memberof stimnet.WitnessAsk
         * @instance
         */
        WitnessAsk.prototype.oldSize = 0;

        /**
         * WitnessAsk path.
         * @member {Array.<Uint8Array>} path
         * @memberof stimnet.WitnessAsk
         * @instance
         */
        WitnessAsk.prototype.path = $util.emptyArray;

        /**
         * Creates a new WitnessAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {stimnet.WitnessAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.WitnessAsk} WitnessAsk instance
         * @type {{
         *   (properties: stimnet.WitnessAsk.$Shape): stimnet.WitnessAsk & stimnet.WitnessAsk.$Shape;
         *   (properties?: stimnet.WitnessAsk.$Properties): stimnet.WitnessAsk;
         * }}
         */
        WitnessAsk.create = function(properties) {
            return new WitnessAsk(properties);
        };

        /**
         * Encodes the specified WitnessAsk message. Does not implicitly {@link stimnet.WitnessAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {stimnet.WitnessAsk.$Properties} message WitnessAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WitnessAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.note != null && $Object.hasOwnProperty.call(message, "note") && message.note !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.note);
            if (message.oldSize != null && $Object.hasOwnProperty.call(message, "oldSize") && !$Object.is(message.oldSize, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.oldSize);
            if (message.path != null && message.path.length)
                for (let i = 0; i < message.path.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).bytes(message.path[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WitnessAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.WitnessAsk & stimnet.WitnessAsk.$Shape} WitnessAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WitnessAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.WitnessAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.note = value;
                        else
                            delete message.note;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.oldSize = value;
                        else
                            delete message.oldSize;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.path && message.path.length))
                            message.path = [];
                        message.path.push(reader.bytes());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a WitnessAsk message.
         * @function verify
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        WitnessAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.note != null && $Object.hasOwnProperty.call(message, "note"))
                if (!$util.isString(message.note))
                    return "note: string expected";
            if (message.oldSize != null && $Object.hasOwnProperty.call(message, "oldSize"))
                if (typeof message.oldSize !== "number")
                    return "oldSize: number expected";
            if (message.path != null && $Object.hasOwnProperty.call(message, "path")) {
                if (!$Array.isArray(message.path))
                    return "path: array expected";
                for (let i = 0; i < message.path.length; ++i)
                    if (!(message.path[i] && typeof message.path[i].length === "number" || $util.isString(message.path[i])))
                        return "path: buffer[] expected";
            }
            return null;
        };

        /**
         * Creates a WitnessAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.WitnessAsk} WitnessAsk
         */
        WitnessAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.WitnessAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.WitnessAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.WitnessAsk();
            if (object.note != null)
                if (typeof object.note !== "string" || object.note.length)
                    message.note = $String(object.note);
            if (object.oldSize != null)
                if (!$Object.is($Number(object.oldSize), 0))
                    message.oldSize = $Number(object.oldSize);
            if (object.path) {
                if (!$Array.isArray(object.path))
                    throw $TypeError(".stimnet.WitnessAsk.path: array expected");
                message.path = $Array(object.path.length);
                for (let i = 0; i < object.path.length; ++i)
                    if (typeof object.path[i] === "string")
                        $util.base64.decode(object.path[i], message.path[i] = $util.newBuffer($util.base64.length(object.path[i])), 0);
                    else if (object.path[i].length >= 0)
                        message.path[i] = object.path[i];
            }
            return message;
        };

        /**
         * Creates a plain object from a WitnessAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.WitnessAsk
         * @static
         * @param {stimnet.WitnessAsk} message WitnessAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        WitnessAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.path = [];
            if (options.defaults) {
                object.note = "";
                object.oldSize = 0;
            }
            if (message.note != null && $Object.hasOwnProperty.call(message, "note"))
                object.note = message.note;
            if (message.oldSize != null && $Object.hasOwnProperty.call(message, "oldSize"))
                object.oldSize = options.json && !$isFinite(message.oldSize) ? $String(message.oldSize) : message.oldSize;
            if (message.path && message.path.length) {
                object.path = $Array(message.path.length);
                for (let j = 0; j < message.path.length; ++j)
                    object.path[j] = options.bytes === $String ? $util.base64.encode(message.path[j], 0, message.path[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.path[j]) : message.path[j];
            }
            return object;
        };

        /**
         * Converts this WitnessAsk to JSON.
         * @function toJSON
         * @memberof stimnet.WitnessAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        WitnessAsk.prototype.toJSON = function() {
            return WitnessAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WitnessAsk;
    })();

    stimnet.LogConflict = (function() {

        /**
         * Properties of a LogConflict.
         * @typedef {Object} stimnet.LogConflict.$Properties
         * @property {string} [peer] LogConflict peer
         * @property {string} [seen] LogConflict seen
         * @property {string} [shown] LogConflict shown
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LogConflict.
         * @memberof stimnet
         * @interface ILogConflict
         * @augments stimnet.LogConflict.$Properties
         * @deprecated Use stimnet.LogConflict.$Properties instead.
         */

        /**
         * Shape of a LogConflict.
         * @typedef {stimnet.LogConflict.$Properties} stimnet.LogConflict.$Shape
         */

        /**
         * Constructs a new LogConflict.
         * @memberof stimnet
         * @classdesc Represents a LogConflict.
         * @constructor
         * @param {stimnet.LogConflict.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LogConflict = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LogConflict peer.
         * @member {string} peer
         * @memberof stimnet.LogConflict
         * @instance
         */
        LogConflict.prototype.peer = "";

        /**
         * LogConflict seen.
         * @member {string} seen
         * @memberof stimnet.LogConflict
         * @instance
         */
        LogConflict.prototype.seen = "";

        /**
         * LogConflict shown.
         * @member {string} shown
         * @memberof stimnet.LogConflict
         * @instance
         */
        LogConflict.prototype.shown = "";

        /**
         * Creates a new LogConflict instance using the specified properties.
         * @function create
         * @memberof stimnet.LogConflict
         * @static
         * @param {stimnet.LogConflict.$Properties=} [properties] Properties to set
         * @returns {stimnet.LogConflict} LogConflict instance
         * @type {{
         *   (properties: stimnet.LogConflict.$Shape): stimnet.LogConflict & stimnet.LogConflict.$Shape;
         *   (properties?: stimnet.LogConflict.$Properties): stimnet.LogConflict;
         * }}
         */
        LogConflict.create = function(properties) {
            return new LogConflict(properties);
        };

        /**
         * Encodes the specified LogConflict message. Does not implicitly {@link stimnet.LogConflict.verify|verify} messages.
         * @function encode
         * @memberof stimnet.LogConflict
         * @static
         * @param {stimnet.LogConflict.$Properties} message LogConflict message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LogConflict.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.peer);
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen") && message.seen !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.seen);
            if (message.shown != null && $Object.hasOwnProperty.call(message, "shown") && message.shown !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.shown);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LogConflict message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.LogConflict
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.LogConflict & stimnet.LogConflict.$Shape} LogConflict
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LogConflict.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.LogConflict();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.peer = value;
                        else
                            delete message.peer;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.seen = value;
                        else
                            delete message.seen;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.shown = value;
                        else
                            delete message.shown;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a LogConflict message.
         * @function verify
         * @memberof stimnet.LogConflict
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        LogConflict.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                if (!$util.isString(message.peer))
                    return "peer: string expected";
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen"))
                if (!$util.isString(message.seen))
                    return "seen: string expected";
            if (message.shown != null && $Object.hasOwnProperty.call(message, "shown"))
                if (!$util.isString(message.shown))
                    return "shown: string expected";
            return null;
        };

        /**
         * Creates a LogConflict message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.LogConflict
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.LogConflict} LogConflict
         */
        LogConflict.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.LogConflict)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.LogConflict: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.LogConflict();
            if (object.peer != null)
                if (typeof object.peer !== "string" || object.peer.length)
                    message.peer = $String(object.peer);
            if (object.seen != null)
                if (typeof object.seen !== "string" || object.seen.length)
                    message.seen = $String(object.seen);
            if (object.shown != null)
                if (typeof object.shown !== "string" || object.shown.length)
                    message.shown = $String(object.shown);
            return message;
        };

        /**
         * Creates a plain object from a LogConflict message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.LogConflict
         * @static
         * @param {stimnet.LogConflict} message LogConflict
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        LogConflict.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.peer = "";
                object.seen = "";
                object.shown = "";
            }
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                object.peer = message.peer;
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen"))
                object.seen = message.seen;
            if (message.shown != null && $Object.hasOwnProperty.call(message, "shown"))
                object.shown = message.shown;
            return object;
        };

        /**
         * Converts this LogConflict to JSON.
         * @function toJSON
         * @memberof stimnet.LogConflict
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        LogConflict.prototype.toJSON = function() {
            return LogConflict.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LogConflict;
    })();

    stimnet.LogConflictAnswer = (function() {

        /**
         * Properties of a LogConflictAnswer.
         * @typedef {Object} stimnet.LogConflictAnswer.$Properties
         * @property {string} [code] LogConflictAnswer code
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LogConflictAnswer.
         * @memberof stimnet
         * @interface ILogConflictAnswer
         * @augments stimnet.LogConflictAnswer.$Properties
         * @deprecated Use stimnet.LogConflictAnswer.$Properties instead.
         */

        /**
         * Shape of a LogConflictAnswer.
         * @typedef {stimnet.LogConflictAnswer.$Properties} stimnet.LogConflictAnswer.$Shape
         */

        /**
         * Constructs a new LogConflictAnswer.
         * @memberof stimnet
         * @classdesc Represents a LogConflictAnswer.
         * @constructor
         * @param {stimnet.LogConflictAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LogConflictAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LogConflictAnswer code.
         * @member {string} code
         * @memberof stimnet.LogConflictAnswer
         * @instance
         */
        LogConflictAnswer.prototype.code = "";

        /**
         * Creates a new LogConflictAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {stimnet.LogConflictAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.LogConflictAnswer} LogConflictAnswer instance
         * @type {{
         *   (properties: stimnet.LogConflictAnswer.$Shape): stimnet.LogConflictAnswer & stimnet.LogConflictAnswer.$Shape;
         *   (properties?: stimnet.LogConflictAnswer.$Properties): stimnet.LogConflictAnswer;
         * }}
         */
        LogConflictAnswer.create = function(properties) {
            return new LogConflictAnswer(properties);
        };

        /**
         * Encodes the specified LogConflictAnswer message. Does not implicitly {@link stimnet.LogConflictAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {stimnet.LogConflictAnswer.$Properties} message LogConflictAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LogConflictAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.code);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LogConflictAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.LogConflictAnswer & stimnet.LogConflictAnswer.$Shape} LogConflictAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LogConflictAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.LogConflictAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a LogConflictAnswer message.
         * @function verify
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        LogConflictAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            return null;
        };

        /**
         * Creates a LogConflictAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.LogConflictAnswer} LogConflictAnswer
         */
        LogConflictAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.LogConflictAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.LogConflictAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.LogConflictAnswer();
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            return message;
        };

        /**
         * Creates a plain object from a LogConflictAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.LogConflictAnswer
         * @static
         * @param {stimnet.LogConflictAnswer} message LogConflictAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        LogConflictAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.code = "";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            return object;
        };

        /**
         * Converts this LogConflictAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.LogConflictAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        LogConflictAnswer.prototype.toJSON = function() {
            return LogConflictAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LogConflictAnswer;
    })();

    stimnet.WitnessAnswer = (function() {

        /**
         * Properties of a WitnessAnswer.
         * @typedef {Object} stimnet.WitnessAnswer.$Properties
         * @property {string} [cosignature] WitnessAnswer cosignature
         * @property {string} [code] WitnessAnswer code
         * @property {string} [seen] WitnessAnswer seen
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a WitnessAnswer.
         * @memberof stimnet
         * @interface IWitnessAnswer
         * @augments stimnet.WitnessAnswer.$Properties
         * @deprecated Use stimnet.WitnessAnswer.$Properties instead.
         */

        /**
         * Shape of a WitnessAnswer.
         * @typedef {stimnet.WitnessAnswer.$Properties} stimnet.WitnessAnswer.$Shape
         */

        /**
         * Constructs a new WitnessAnswer.
         * @memberof stimnet
         * @classdesc Represents a WitnessAnswer.
         * @constructor
         * @param {stimnet.WitnessAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const WitnessAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * WitnessAnswer cosignature.
         * @member {string} cosignature
         * @memberof stimnet.WitnessAnswer
         * @instance
         */
        WitnessAnswer.prototype.cosignature = "";

        /**
         * WitnessAnswer code.
         * @member {string} code
         * @memberof stimnet.WitnessAnswer
         * @instance
         */
        WitnessAnswer.prototype.code = "";

        /**
         * WitnessAnswer seen.
         * @member {string} seen
         * @memberof stimnet.WitnessAnswer
         * @instance
         */
        WitnessAnswer.prototype.seen = "";

        /**
         * Creates a new WitnessAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {stimnet.WitnessAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.WitnessAnswer} WitnessAnswer instance
         * @type {{
         *   (properties: stimnet.WitnessAnswer.$Shape): stimnet.WitnessAnswer & stimnet.WitnessAnswer.$Shape;
         *   (properties?: stimnet.WitnessAnswer.$Properties): stimnet.WitnessAnswer;
         * }}
         */
        WitnessAnswer.create = function(properties) {
            return new WitnessAnswer(properties);
        };

        /**
         * Encodes the specified WitnessAnswer message. Does not implicitly {@link stimnet.WitnessAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {stimnet.WitnessAnswer.$Properties} message WitnessAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        WitnessAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cosignature != null && $Object.hasOwnProperty.call(message, "cosignature") && message.cosignature !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.cosignature);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen") && message.seen !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.seen);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a WitnessAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.WitnessAnswer & stimnet.WitnessAnswer.$Shape} WitnessAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        WitnessAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.WitnessAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.cosignature = value;
                        else
                            delete message.cosignature;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.seen = value;
                        else
                            delete message.seen;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a WitnessAnswer message.
         * @function verify
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        WitnessAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.cosignature != null && $Object.hasOwnProperty.call(message, "cosignature"))
                if (!$util.isString(message.cosignature))
                    return "cosignature: string expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen"))
                if (!$util.isString(message.seen))
                    return "seen: string expected";
            return null;
        };

        /**
         * Creates a WitnessAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.WitnessAnswer} WitnessAnswer
         */
        WitnessAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.WitnessAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.WitnessAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.WitnessAnswer();
            if (object.cosignature != null)
                if (typeof object.cosignature !== "string" || object.cosignature.length)
                    message.cosignature = $String(object.cosignature);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            if (object.seen != null)
                if (typeof object.seen !== "string" || object.seen.length)
                    message.seen = $String(object.seen);
            return message;
        };

        /**
         * Creates a plain object from a WitnessAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.WitnessAnswer
         * @static
         * @param {stimnet.WitnessAnswer} message WitnessAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        WitnessAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.cosignature = "";
                object.code = "";
                object.seen = "";
            }
            if (message.cosignature != null && $Object.hasOwnProperty.call(message, "cosignature"))
                object.cosignature = message.cosignature;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            if (message.seen != null && $Object.hasOwnProperty.call(message, "seen"))
                object.seen = message.seen;
            return object;
        };

        /**
         * Converts this WitnessAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.WitnessAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        WitnessAnswer.prototype.toJSON = function() {
            return WitnessAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return WitnessAnswer;
    })();

    stimnet.CatalogDescriptor = (function() {

        /**
         * Properties of a CatalogDescriptor.
         * @typedef {Object} stimnet.CatalogDescriptor.$Properties
         * @property {string} [name] CatalogDescriptor name
         * @property {string} [title] CatalogDescriptor title
         * @property {string} [description] CatalogDescriptor description
         * @property {string} [dataType] CatalogDescriptor dataType
         * @property {string} [accessLevel] CatalogDescriptor accessLevel
         * @property {Array.<string>} [keywords] CatalogDescriptor keywords
         * @property {Array.<stimnet.TableDescriptor.$Properties>} [tables] CatalogDescriptor tables
         * @property {string} [subjectKey] CatalogDescriptor subjectKey
         * @property {string} [epoch] CatalogDescriptor epoch
         * @property {number} [snapshotAtMs] CatalogDescriptor snapshotAtMs
         * @property {number} [subjectsRounded] CatalogDescriptor subjectsRounded
         * @property {boolean} [synthetic] CatalogDescriptor synthetic
         * @property {Array.<string>} [programs] CatalogDescriptor programs
         * @property {Array.<stimnet.LatticeVariable.$Properties>} [lattice] CatalogDescriptor lattice
         * @property {number} [cohortSizeMin] CatalogDescriptor cohortSizeMin
         * @property {string} [mode] CatalogDescriptor mode
         * @property {string} [scripts] CatalogDescriptor scripts
         * @property {string} [sandboxGradeMin] CatalogDescriptor sandboxGradeMin
         * @property {string} [preset] CatalogDescriptor preset
         * @property {string} [policyHash] CatalogDescriptor policyHash
         * @property {Array.<string>} [dataUse] CatalogDescriptor dataUse
         * @property {number} [sitesPerPerson] CatalogDescriptor sitesPerPerson
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CatalogDescriptor.
         * @memberof stimnet
         * @interface ICatalogDescriptor
         * @augments stimnet.CatalogDescriptor.$Properties
         * @deprecated Use stimnet.CatalogDescriptor.$Properties instead.
         */

        /**
         * Shape of a CatalogDescriptor.
         * @typedef {stimnet.CatalogDescriptor.$Properties} stimnet.CatalogDescriptor.$Shape
         */

        /**
         * Constructs a new CatalogDescriptor.
         * @memberof stimnet
         * @classdesc Represents a CatalogDescriptor.
         * @constructor
         * @param {stimnet.CatalogDescriptor.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CatalogDescriptor = function (properties) {
            this.keywords = [];
            this.tables = [];
            this.programs = [];
            this.lattice = [];
            this.dataUse = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CatalogDescriptor name.
         * @member {string} name
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.name = "";

        /**
         * CatalogDescriptor title.
         * @member {string} title
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.title = "";

        /**
         * CatalogDescriptor description.
         * @member {string} description
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.description = "";

        /**
         * CatalogDescriptor dataType.
         * @member {string} dataType
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.dataType = "";

        /**
         * CatalogDescriptor accessLevel.
         * @member {string} accessLevel
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.accessLevel = "";

        /**
         * CatalogDescriptor keywords.
         * @member {Array.<string>} keywords
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.keywords = $util.emptyArray;

        /**
         * CatalogDescriptor tables.
         * @member {Array.<stimnet.TableDescriptor>} tables
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.tables = $util.emptyArray;

        /**
         * CatalogDescriptor subjectKey.
         * @member {string} subjectKey
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.subjectKey = "";

        /**
         * CatalogDescriptor epoch.
         * @member {string} epoch
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.epoch = "";

        /**
         * CatalogDescriptor snapshotAtMs.
         * @member {number} snapshotAtMs
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.snapshotAtMs = 0;

        /**
         * CatalogDescriptor subjectsRounded.
         * @member {number} subjectsRounded
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.subjectsRounded = 0;

        /**
         * CatalogDescriptor synthetic.
         * @member {boolean} synthetic
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.synthetic = false;

        /**
         * CatalogDescriptor programs.
         * @member {Array.<string>} programs
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.programs = $util.emptyArray;

        /**
         * CatalogDescriptor lattice.
         * @member {Array.<stimnet.LatticeVariable>} lattice
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.lattice = $util.emptyArray;

        /**
         * CatalogDescriptor cohortSizeMin.
         * @member {number} cohortSizeMin
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.cohortSizeMin = 0;

        /**
         * CatalogDescriptor mode.
         * @member {string} mode
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.mode = "";

        /**
         * CatalogDescriptor scripts.
         * @member {string} scripts
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.scripts = "";

        /**
         * CatalogDescriptor sandboxGradeMin.
         * @member {string} sandboxGradeMin
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.sandboxGradeMin = "";

        /**
         * CatalogDescriptor preset.
         * @member {string} preset
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.preset = "";

        /**
         * CatalogDescriptor policyHash.
         * @member {string} policyHash
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.policyHash = "";

        /**
         * CatalogDescriptor dataUse.
         * @member {Array.<string>} dataUse
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.dataUse = $util.emptyArray;

        /**
         * CatalogDescriptor sitesPerPerson.
         * @member {number} sitesPerPerson
         * @memberof stimnet.CatalogDescriptor
         * @instance
         */
        CatalogDescriptor.prototype.sitesPerPerson = 0;

        /**
         * Creates a new CatalogDescriptor instance using the specified properties.
         * @function create
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {stimnet.CatalogDescriptor.$Properties=} [properties] Properties to set
         * @returns {stimnet.CatalogDescriptor} CatalogDescriptor instance
         * @type {{
         *   (properties: stimnet.CatalogDescriptor.$Shape): stimnet.CatalogDescriptor & stimnet.CatalogDescriptor.$Shape;
         *   (properties?: stimnet.CatalogDescriptor.$Properties): stimnet.CatalogDescriptor;
         * }}
         */
        CatalogDescriptor.create = function(properties) {
            return new CatalogDescriptor(properties);
        };

        /**
         * Encodes the specified CatalogDescriptor message. Does not implicitly {@link stimnet.CatalogDescriptor.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {stimnet.CatalogDescriptor.$Properties} message CatalogDescriptor message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CatalogDescriptor.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.title);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.description);
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.dataType);
            if (message.accessLevel != null && $Object.hasOwnProperty.call(message, "accessLevel") && message.accessLevel !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.accessLevel);
            if (message.keywords != null && message.keywords.length)
                for (let i = 0; i < message.keywords.length; ++i)
                    writer.uint32(/* id 6, wireType 2 =*/50).string(message.keywords[i]);
            if (message.tables != null && message.tables.length)
                for (let i = 0; i < message.tables.length; ++i)
                    $root.stimnet.TableDescriptor.encode(message.tables[i], writer.uint32(/* id 7, wireType 2 =*/58).fork(), _depth + 1).ldelim();
            if (message.subjectKey != null && $Object.hasOwnProperty.call(message, "subjectKey") && message.subjectKey !== "")
                writer.uint32(/* id 8, wireType 2 =*/66).string(message.subjectKey);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.epoch);
            if (message.snapshotAtMs != null && $Object.hasOwnProperty.call(message, "snapshotAtMs") && !$Object.is(message.snapshotAtMs, 0))
                writer.uint32(/* id 10, wireType 1 =*/81).double(message.snapshotAtMs);
            if (message.subjectsRounded != null && $Object.hasOwnProperty.call(message, "subjectsRounded") && message.subjectsRounded !== 0)
                writer.uint32(/* id 11, wireType 0 =*/88).uint32(message.subjectsRounded);
            if (message.synthetic != null && $Object.hasOwnProperty.call(message, "synthetic") && message.synthetic !== false)
                writer.uint32(/* id 12, wireType 0 =*/96).bool(message.synthetic);
            if (message.programs != null && message.programs.length)
                for (let i = 0; i < message.programs.length; ++i)
                    writer.uint32(/* id 13, wireType 2 =*/106).string(message.programs[i]);
            if (message.lattice != null && message.lattice.length)
                for (let i = 0; i < message.lattice.length; ++i)
                    $root.stimnet.LatticeVariable.encode(message.lattice[i], writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.cohortSizeMin != null && $Object.hasOwnProperty.call(message, "cohortSizeMin") && message.cohortSizeMin !== 0)
                writer.uint32(/* id 15, wireType 0 =*/120).uint32(message.cohortSizeMin);
            if (message.mode != null && $Object.hasOwnProperty.call(message, "mode") && message.mode !== "")
                writer.uint32(/* id 16, wireType 2 =*/130).string(message.mode);
            if (message.scripts != null && $Object.hasOwnProperty.call(message, "scripts") && message.scripts !== "")
                writer.uint32(/* id 17, wireType 2 =*/138).string(message.scripts);
            if (message.sandboxGradeMin != null && $Object.hasOwnProperty.call(message, "sandboxGradeMin") && message.sandboxGradeMin !== "")
                writer.uint32(/* id 18, wireType 2 =*/146).string(message.sandboxGradeMin);
            if (message.preset != null && $Object.hasOwnProperty.call(message, "preset") && message.preset !== "")
                writer.uint32(/* id 19, wireType 2 =*/154).string(message.preset);
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash") && message.policyHash !== "")
                writer.uint32(/* id 20, wireType 2 =*/162).string(message.policyHash);
            if (message.sitesPerPerson != null && $Object.hasOwnProperty.call(message, "sitesPerPerson") && message.sitesPerPerson !== 0)
                writer.uint32(/* id 21, wireType 0 =*/168).uint32(message.sitesPerPerson);
            if (message.dataUse != null && message.dataUse.length)
                for (let i = 0; i < message.dataUse.length; ++i)
                    writer.uint32(/* id 22, wireType 2 =*/178).string(message.dataUse[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CatalogDescriptor message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CatalogDescriptor & stimnet.CatalogDescriptor.$Shape} CatalogDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CatalogDescriptor.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CatalogDescriptor();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.title = value;
                        else
                            delete message.title;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataType = value;
                        else
                            delete message.dataType;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.accessLevel = value;
                        else
                            delete message.accessLevel;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keywords && message.keywords.length))
                            message.keywords = [];
                        message.keywords.push(reader.stringVerify());
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.tables && message.tables.length))
                            message.tables = [];
                        message.tables.push($root.stimnet.TableDescriptor.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.subjectKey = value;
                        else
                            delete message.subjectKey;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 10: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.snapshotAtMs = value;
                        else
                            delete message.snapshotAtMs;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.subjectsRounded = value;
                        else
                            delete message.subjectsRounded;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.synthetic = value;
                        else
                            delete message.synthetic;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if (!(message.programs && message.programs.length))
                            message.programs = [];
                        message.programs.push(reader.stringVerify());
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.lattice && message.lattice.length))
                            message.lattice = [];
                        message.lattice.push($root.stimnet.LatticeVariable.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.cohortSizeMin = value;
                        else
                            delete message.cohortSizeMin;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.mode = value;
                        else
                            delete message.mode;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.scripts = value;
                        else
                            delete message.scripts;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sandboxGradeMin = value;
                        else
                            delete message.sandboxGradeMin;
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.preset = value;
                        else
                            delete message.preset;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policyHash = value;
                        else
                            delete message.policyHash;
                        continue;
                    }
                case 22: {
                        if (wireType !== 2)
                            break;
                        if (!(message.dataUse && message.dataUse.length))
                            message.dataUse = [];
                        message.dataUse.push(reader.stringVerify());
                        continue;
                    }
                case 21: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.sitesPerPerson = value;
                        else
                            delete message.sitesPerPerson;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CatalogDescriptor message.
         * @function verify
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CatalogDescriptor.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                if (!$util.isString(message.title))
                    return "title: string expected";
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                if (!$util.isString(message.description))
                    return "description: string expected";
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                if (!$util.isString(message.dataType))
                    return "dataType: string expected";
            if (message.accessLevel != null && $Object.hasOwnProperty.call(message, "accessLevel"))
                if (!$util.isString(message.accessLevel))
                    return "accessLevel: string expected";
            if (message.keywords != null && $Object.hasOwnProperty.call(message, "keywords")) {
                if (!$Array.isArray(message.keywords))
                    return "keywords: array expected";
                for (let i = 0; i < message.keywords.length; ++i)
                    if (!$util.isString(message.keywords[i]))
                        return "keywords: string[] expected";
            }
            if (message.tables != null && $Object.hasOwnProperty.call(message, "tables")) {
                if (!$Array.isArray(message.tables))
                    return "tables: array expected";
                for (let i = 0; i < message.tables.length; ++i) {
                    let error = $root.stimnet.TableDescriptor.verify(message.tables[i], _depth + 1);
                    if (error)
                        return "tables." + error;
                }
            }
            if (message.subjectKey != null && $Object.hasOwnProperty.call(message, "subjectKey"))
                if (!$util.isString(message.subjectKey))
                    return "subjectKey: string expected";
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                if (!$util.isString(message.epoch))
                    return "epoch: string expected";
            if (message.snapshotAtMs != null && $Object.hasOwnProperty.call(message, "snapshotAtMs"))
                if (typeof message.snapshotAtMs !== "number")
                    return "snapshotAtMs: number expected";
            if (message.subjectsRounded != null && $Object.hasOwnProperty.call(message, "subjectsRounded"))
                if (!$util.isInteger(message.subjectsRounded))
                    return "subjectsRounded: integer expected";
            if (message.synthetic != null && $Object.hasOwnProperty.call(message, "synthetic"))
                if (typeof message.synthetic !== "boolean")
                    return "synthetic: boolean expected";
            if (message.programs != null && $Object.hasOwnProperty.call(message, "programs")) {
                if (!$Array.isArray(message.programs))
                    return "programs: array expected";
                for (let i = 0; i < message.programs.length; ++i)
                    if (!$util.isString(message.programs[i]))
                        return "programs: string[] expected";
            }
            if (message.lattice != null && $Object.hasOwnProperty.call(message, "lattice")) {
                if (!$Array.isArray(message.lattice))
                    return "lattice: array expected";
                for (let i = 0; i < message.lattice.length; ++i) {
                    let error = $root.stimnet.LatticeVariable.verify(message.lattice[i], _depth + 1);
                    if (error)
                        return "lattice." + error;
                }
            }
            if (message.cohortSizeMin != null && $Object.hasOwnProperty.call(message, "cohortSizeMin"))
                if (!$util.isInteger(message.cohortSizeMin))
                    return "cohortSizeMin: integer expected";
            if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                if (!$util.isString(message.mode))
                    return "mode: string expected";
            if (message.scripts != null && $Object.hasOwnProperty.call(message, "scripts"))
                if (!$util.isString(message.scripts))
                    return "scripts: string expected";
            if (message.sandboxGradeMin != null && $Object.hasOwnProperty.call(message, "sandboxGradeMin"))
                if (!$util.isString(message.sandboxGradeMin))
                    return "sandboxGradeMin: string expected";
            if (message.preset != null && $Object.hasOwnProperty.call(message, "preset"))
                if (!$util.isString(message.preset))
                    return "preset: string expected";
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash"))
                if (!$util.isString(message.policyHash))
                    return "policyHash: string expected";
            if (message.dataUse != null && $Object.hasOwnProperty.call(message, "dataUse")) {
                if (!$Array.isArray(message.dataUse))
                    return "dataUse: array expected";
                for (let i = 0; i < message.dataUse.length; ++i)
                    if (!$util.isString(message.dataUse[i]))
                        return "dataUse: string[] expected";
            }
            if (message.sitesPerPerson != null && $Object.hasOwnProperty.call(message, "sitesPerPerson"))
                if (!$util.isInteger(message.sitesPerPerson))
                    return "sitesPerPerson: integer expected";
            return null;
        };

        /**
         * Creates a CatalogDescriptor message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CatalogDescriptor} CatalogDescriptor
         */
        CatalogDescriptor.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CatalogDescriptor)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CatalogDescriptor: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CatalogDescriptor();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.title != null)
                if (typeof object.title !== "string" || object.title.length)
                    message.title = $String(object.title);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            if (object.accessLevel != null)
                if (typeof object.accessLevel !== "string" || object.accessLevel.length)
                    message.accessLevel = $String(object.accessLevel);
            if (object.keywords) {
                if (!$Array.isArray(object.keywords))
                    throw $TypeError(".stimnet.CatalogDescriptor.keywords: array expected");
                message.keywords = $Array(object.keywords.length);
                for (let i = 0; i < object.keywords.length; ++i)
                    message.keywords[i] = $String(object.keywords[i]);
            }
            if (object.tables) {
                if (!$Array.isArray(object.tables))
                    throw $TypeError(".stimnet.CatalogDescriptor.tables: array expected");
                message.tables = $Array(object.tables.length);
                for (let i = 0; i < object.tables.length; ++i) {
                    if (!$util.isObject(object.tables[i]))
                        throw $TypeError(".stimnet.CatalogDescriptor.tables: object expected");
                    message.tables[i] = $root.stimnet.TableDescriptor.fromObject(object.tables[i], _depth + 1);
                }
            }
            if (object.subjectKey != null)
                if (typeof object.subjectKey !== "string" || object.subjectKey.length)
                    message.subjectKey = $String(object.subjectKey);
            if (object.epoch != null)
                if (typeof object.epoch !== "string" || object.epoch.length)
                    message.epoch = $String(object.epoch);
            if (object.snapshotAtMs != null)
                if (!$Object.is($Number(object.snapshotAtMs), 0))
                    message.snapshotAtMs = $Number(object.snapshotAtMs);
            if (object.subjectsRounded != null)
                if ($Number(object.subjectsRounded) !== 0)
                    message.subjectsRounded = object.subjectsRounded >>> 0;
            if (object.synthetic != null)
                if (object.synthetic)
                    message.synthetic = $Boolean(object.synthetic);
            if (object.programs) {
                if (!$Array.isArray(object.programs))
                    throw $TypeError(".stimnet.CatalogDescriptor.programs: array expected");
                message.programs = $Array(object.programs.length);
                for (let i = 0; i < object.programs.length; ++i)
                    message.programs[i] = $String(object.programs[i]);
            }
            if (object.lattice) {
                if (!$Array.isArray(object.lattice))
                    throw $TypeError(".stimnet.CatalogDescriptor.lattice: array expected");
                message.lattice = $Array(object.lattice.length);
                for (let i = 0; i < object.lattice.length; ++i) {
                    if (!$util.isObject(object.lattice[i]))
                        throw $TypeError(".stimnet.CatalogDescriptor.lattice: object expected");
                    message.lattice[i] = $root.stimnet.LatticeVariable.fromObject(object.lattice[i], _depth + 1);
                }
            }
            if (object.cohortSizeMin != null)
                if ($Number(object.cohortSizeMin) !== 0)
                    message.cohortSizeMin = object.cohortSizeMin >>> 0;
            if (object.mode != null)
                if (typeof object.mode !== "string" || object.mode.length)
                    message.mode = $String(object.mode);
            if (object.scripts != null)
                if (typeof object.scripts !== "string" || object.scripts.length)
                    message.scripts = $String(object.scripts);
            if (object.sandboxGradeMin != null)
                if (typeof object.sandboxGradeMin !== "string" || object.sandboxGradeMin.length)
                    message.sandboxGradeMin = $String(object.sandboxGradeMin);
            if (object.preset != null)
                if (typeof object.preset !== "string" || object.preset.length)
                    message.preset = $String(object.preset);
            if (object.policyHash != null)
                if (typeof object.policyHash !== "string" || object.policyHash.length)
                    message.policyHash = $String(object.policyHash);
            if (object.dataUse) {
                if (!$Array.isArray(object.dataUse))
                    throw $TypeError(".stimnet.CatalogDescriptor.dataUse: array expected");
                message.dataUse = $Array(object.dataUse.length);
                for (let i = 0; i < object.dataUse.length; ++i)
                    message.dataUse[i] = $String(object.dataUse[i]);
            }
            if (object.sitesPerPerson != null)
                if ($Number(object.sitesPerPerson) !== 0)
                    message.sitesPerPerson = object.sitesPerPerson >>> 0;
            return message;
        };

        /**
         * Creates a plain object from a CatalogDescriptor message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CatalogDescriptor
         * @static
         * @param {stimnet.CatalogDescriptor} message CatalogDescriptor
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CatalogDescriptor.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.keywords = [];
                object.tables = [];
                object.programs = [];
                object.lattice = [];
                object.dataUse = [];
            }
            if (options.defaults) {
                object.name = "";
                object.title = "";
                object.description = "";
                object.dataType = "";
                object.accessLevel = "";
                object.subjectKey = "";
                object.epoch = "";
                object.snapshotAtMs = 0;
                object.subjectsRounded = 0;
                object.synthetic = false;
                object.cohortSizeMin = 0;
                object.mode = "";
                object.scripts = "";
                object.sandboxGradeMin = "";
                object.preset = "";
                object.policyHash = "";
                object.sitesPerPerson = 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                object.title = message.title;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            if (message.accessLevel != null && $Object.hasOwnProperty.call(message, "accessLevel"))
                object.accessLevel = message.accessLevel;
            if (message.keywords && message.keywords.length) {
                object.keywords = $Array(message.keywords.length);
                for (let j = 0; j < message.keywords.length; ++j)
                    object.keywords[j] = message.keywords[j];
            }
            if (message.tables && message.tables.length) {
                object.tables = $Array(message.tables.length);
                for (let j = 0; j < message.tables.length; ++j)
                    object.tables[j] = $root.stimnet.TableDescriptor.toObject(message.tables[j], options, _depth + 1);
            }
            if (message.subjectKey != null && $Object.hasOwnProperty.call(message, "subjectKey"))
                object.subjectKey = message.subjectKey;
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                object.epoch = message.epoch;
            if (message.snapshotAtMs != null && $Object.hasOwnProperty.call(message, "snapshotAtMs"))
                object.snapshotAtMs = options.json && !$isFinite(message.snapshotAtMs) ? $String(message.snapshotAtMs) : message.snapshotAtMs;
            if (message.subjectsRounded != null && $Object.hasOwnProperty.call(message, "subjectsRounded"))
                object.subjectsRounded = message.subjectsRounded;
            if (message.synthetic != null && $Object.hasOwnProperty.call(message, "synthetic"))
                object.synthetic = message.synthetic;
            if (message.programs && message.programs.length) {
                object.programs = $Array(message.programs.length);
                for (let j = 0; j < message.programs.length; ++j)
                    object.programs[j] = message.programs[j];
            }
            if (message.lattice && message.lattice.length) {
                object.lattice = $Array(message.lattice.length);
                for (let j = 0; j < message.lattice.length; ++j)
                    object.lattice[j] = $root.stimnet.LatticeVariable.toObject(message.lattice[j], options, _depth + 1);
            }
            if (message.cohortSizeMin != null && $Object.hasOwnProperty.call(message, "cohortSizeMin"))
                object.cohortSizeMin = message.cohortSizeMin;
            if (message.mode != null && $Object.hasOwnProperty.call(message, "mode"))
                object.mode = message.mode;
            if (message.scripts != null && $Object.hasOwnProperty.call(message, "scripts"))
                object.scripts = message.scripts;
            if (message.sandboxGradeMin != null && $Object.hasOwnProperty.call(message, "sandboxGradeMin"))
                object.sandboxGradeMin = message.sandboxGradeMin;
            if (message.preset != null && $Object.hasOwnProperty.call(message, "preset"))
                object.preset = message.preset;
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash"))
                object.policyHash = message.policyHash;
            if (message.sitesPerPerson != null && $Object.hasOwnProperty.call(message, "sitesPerPerson"))
                object.sitesPerPerson = message.sitesPerPerson;
            if (message.dataUse && message.dataUse.length) {
                object.dataUse = $Array(message.dataUse.length);
                for (let j = 0; j < message.dataUse.length; ++j)
                    object.dataUse[j] = message.dataUse[j];
            }
            return object;
        };

        /**
         * Converts this CatalogDescriptor to JSON.
         * @function toJSON
         * @memberof stimnet.CatalogDescriptor
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CatalogDescriptor.prototype.toJSON = function() {
            return CatalogDescriptor.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CatalogDescriptor;
    })();

    stimnet.TableDescriptor = (function() {

        /**
         * Properties of a TableDescriptor.
         * @typedef {Object} stimnet.TableDescriptor.$Properties
         * @property {string} [name] TableDescriptor name
         * @property {string} [description] TableDescriptor description
         * @property {Array.<stimnet.VariableDescriptor.$Properties>} [variables] TableDescriptor variables
         * @property {boolean} [oneRowPerSubject] TableDescriptor oneRowPerSubject
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a TableDescriptor.
         * @memberof stimnet
         * @interface ITableDescriptor
         * @augments stimnet.TableDescriptor.$Properties
         * @deprecated Use stimnet.TableDescriptor.$Properties instead.
         */

        /**
         * Shape of a TableDescriptor.
         * @typedef {stimnet.TableDescriptor.$Properties} stimnet.TableDescriptor.$Shape
         */

        /**
         * Constructs a new TableDescriptor.
         * @memberof stimnet
         * @classdesc Represents a TableDescriptor.
         * @constructor
         * @param {stimnet.TableDescriptor.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const TableDescriptor = function (properties) {
            this.variables = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * TableDescriptor name.
         * @member {string} name
         * @memberof stimnet.TableDescriptor
         * @instance
         */
        TableDescriptor.prototype.name = "";

        /**
         * TableDescriptor description.
         * @member {string} description
         * @memberof stimnet.TableDescriptor
         * @instance
         */
        TableDescriptor.prototype.description = "";

        /**
         * TableDescriptor variables.
         * @member {Array.<stimnet.VariableDescriptor>} variables
         * @memberof stimnet.TableDescriptor
         * @instance
         */
        TableDescriptor.prototype.variables = $util.emptyArray;

        /**
         * TableDescriptor oneRowPerSubject.
         * @member {boolean} oneRowPerSubject
         * @memberof stimnet.TableDescriptor
         * @instance
         */
        TableDescriptor.prototype.oneRowPerSubject = false;

        /**
         * Creates a new TableDescriptor instance using the specified properties.
         * @function create
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {stimnet.TableDescriptor.$Properties=} [properties] Properties to set
         * @returns {stimnet.TableDescriptor} TableDescriptor instance
         * @type {{
         *   (properties: stimnet.TableDescriptor.$Shape): stimnet.TableDescriptor & stimnet.TableDescriptor.$Shape;
         *   (properties?: stimnet.TableDescriptor.$Properties): stimnet.TableDescriptor;
         * }}
         */
        TableDescriptor.create = function(properties) {
            return new TableDescriptor(properties);
        };

        /**
         * Encodes the specified TableDescriptor message. Does not implicitly {@link stimnet.TableDescriptor.verify|verify} messages.
         * @function encode
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {stimnet.TableDescriptor.$Properties} message TableDescriptor message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        TableDescriptor.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.description);
            if (message.variables != null && message.variables.length)
                for (let i = 0; i < message.variables.length; ++i)
                    $root.stimnet.VariableDescriptor.encode(message.variables[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.oneRowPerSubject != null && $Object.hasOwnProperty.call(message, "oneRowPerSubject") && message.oneRowPerSubject !== false)
                writer.uint32(/* id 4, wireType 0 =*/32).bool(message.oneRowPerSubject);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a TableDescriptor message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.TableDescriptor & stimnet.TableDescriptor.$Shape} TableDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        TableDescriptor.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.TableDescriptor();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.variables && message.variables.length))
                            message.variables = [];
                        message.variables.push($root.stimnet.VariableDescriptor.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.oneRowPerSubject = value;
                        else
                            delete message.oneRowPerSubject;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a TableDescriptor message.
         * @function verify
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        TableDescriptor.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                if (!$util.isString(message.description))
                    return "description: string expected";
            if (message.variables != null && $Object.hasOwnProperty.call(message, "variables")) {
                if (!$Array.isArray(message.variables))
                    return "variables: array expected";
                for (let i = 0; i < message.variables.length; ++i) {
                    let error = $root.stimnet.VariableDescriptor.verify(message.variables[i], _depth + 1);
                    if (error)
                        return "variables." + error;
                }
            }
            if (message.oneRowPerSubject != null && $Object.hasOwnProperty.call(message, "oneRowPerSubject"))
                if (typeof message.oneRowPerSubject !== "boolean")
                    return "oneRowPerSubject: boolean expected";
            return null;
        };

        /**
         * Creates a TableDescriptor message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.TableDescriptor} TableDescriptor
         */
        TableDescriptor.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.TableDescriptor)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.TableDescriptor: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.TableDescriptor();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.variables) {
                if (!$Array.isArray(object.variables))
                    throw $TypeError(".stimnet.TableDescriptor.variables: array expected");
                message.variables = $Array(object.variables.length);
                for (let i = 0; i < object.variables.length; ++i) {
                    if (!$util.isObject(object.variables[i]))
                        throw $TypeError(".stimnet.TableDescriptor.variables: object expected");
                    message.variables[i] = $root.stimnet.VariableDescriptor.fromObject(object.variables[i], _depth + 1);
                }
            }
            if (object.oneRowPerSubject != null)
                if (object.oneRowPerSubject)
                    message.oneRowPerSubject = $Boolean(object.oneRowPerSubject);
            return message;
        };

        /**
         * Creates a plain object from a TableDescriptor message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.TableDescriptor
         * @static
         * @param {stimnet.TableDescriptor} message TableDescriptor
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        TableDescriptor.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.variables = [];
            if (options.defaults) {
                object.name = "";
                object.description = "";
                object.oneRowPerSubject = false;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.variables && message.variables.length) {
                object.variables = $Array(message.variables.length);
                for (let j = 0; j < message.variables.length; ++j)
                    object.variables[j] = $root.stimnet.VariableDescriptor.toObject(message.variables[j], options, _depth + 1);
            }
            if (message.oneRowPerSubject != null && $Object.hasOwnProperty.call(message, "oneRowPerSubject"))
                object.oneRowPerSubject = message.oneRowPerSubject;
            return object;
        };

        /**
         * Converts this TableDescriptor to JSON.
         * @function toJSON
         * @memberof stimnet.TableDescriptor
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        TableDescriptor.prototype.toJSON = function() {
            return TableDescriptor.toObject(this, $protobuf.util.toJSONOptions);
        };

        return TableDescriptor;
    })();

    stimnet.VariableDescriptor = (function() {

        /**
         * Properties of a VariableDescriptor.
         * @typedef {Object} stimnet.VariableDescriptor.$Properties
         * @property {string} [name] VariableDescriptor name
         * @property {string} [type] VariableDescriptor type
         * @property {string} [unit] VariableDescriptor unit
         * @property {string} [description] VariableDescriptor description
         * @property {Array.<string>} [levels] VariableDescriptor levels
         * @property {Array.<number>} [breakpoints] VariableDescriptor breakpoints
         * @property {number} [minimum] VariableDescriptor minimum
         * @property {number} [maximum] VariableDescriptor maximum
         * @property {boolean} [bounded] VariableDescriptor bounded
         * @property {number} [missingShare] VariableDescriptor missingShare
         * @property {boolean} [missingTold] VariableDescriptor missingTold
         * @property {boolean} [identifying] VariableDescriptor identifying
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VariableDescriptor.
         * @memberof stimnet
         * @interface IVariableDescriptor
         * @augments stimnet.VariableDescriptor.$Properties
         * @deprecated Use stimnet.VariableDescriptor.$Properties instead.
         */

        /**
         * Shape of a VariableDescriptor.
         * @typedef {stimnet.VariableDescriptor.$Properties} stimnet.VariableDescriptor.$Shape
         */

        /**
         * Constructs a new VariableDescriptor.
         * @memberof stimnet
         * @classdesc Represents a VariableDescriptor.
         * @constructor
         * @param {stimnet.VariableDescriptor.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VariableDescriptor = function (properties) {
            this.levels = [];
            this.breakpoints = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VariableDescriptor name.
         * @member {string} name
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.name = "";

        /**
         * VariableDescriptor type.
         * @member {string} type
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.type = "";

        /**
         * VariableDescriptor unit.
         * @member {string} unit
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.unit = "";

        /**
         * VariableDescriptor description.
         * @member {string} description
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.description = "";

        /**
         * VariableDescriptor levels.
         * @member {Array.<string>} levels
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.levels = $util.emptyArray;

        /**
         * VariableDescriptor breakpoints.
         * @member {Array.<number>} breakpoints
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.breakpoints = $util.emptyArray;

        /**
         * VariableDescriptor minimum.
         * @member {number} minimum
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.minimum = 0;

        /**
         * VariableDescriptor maximum.
         * @member {number} maximum
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.maximum = 0;

        /**
         * VariableDescriptor bounded.
         * @member {boolean} bounded
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.bounded = false;

        /**
         * VariableDescriptor missingShare.
         * @member {number} missingShare
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.missingShare = 0;

        /**
         * VariableDescriptor missingTold.
         * @member {boolean} missingTold
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.missingTold = false;

        /**
         * VariableDescriptor identifying.
         * @member {boolean} identifying
         * @memberof stimnet.VariableDescriptor
         * @instance
         */
        VariableDescriptor.prototype.identifying = false;

        /**
         * Creates a new VariableDescriptor instance using the specified properties.
         * @function create
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {stimnet.VariableDescriptor.$Properties=} [properties] Properties to set
         * @returns {stimnet.VariableDescriptor} VariableDescriptor instance
         * @type {{
         *   (properties: stimnet.VariableDescriptor.$Shape): stimnet.VariableDescriptor & stimnet.VariableDescriptor.$Shape;
         *   (properties?: stimnet.VariableDescriptor.$Properties): stimnet.VariableDescriptor;
         * }}
         */
        VariableDescriptor.create = function(properties) {
            return new VariableDescriptor(properties);
        };

        /**
         * Encodes the specified VariableDescriptor message. Does not implicitly {@link stimnet.VariableDescriptor.verify|verify} messages.
         * @function encode
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {stimnet.VariableDescriptor.$Properties} message VariableDescriptor message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VariableDescriptor.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.type);
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit") && message.unit !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.unit);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.description);
            if (message.levels != null && message.levels.length)
                for (let i = 0; i < message.levels.length; ++i)
                    writer.uint32(/* id 5, wireType 2 =*/42).string(message.levels[i]);
            if (message.breakpoints != null && message.breakpoints.length)
                writer.uint32(/* id 6, wireType 2 =*/50).doubles(message.breakpoints);
            if (message.minimum != null && $Object.hasOwnProperty.call(message, "minimum") && !$Object.is(message.minimum, 0))
                writer.uint32(/* id 7, wireType 1 =*/57).double(message.minimum);
            if (message.maximum != null && $Object.hasOwnProperty.call(message, "maximum") && !$Object.is(message.maximum, 0))
                writer.uint32(/* id 8, wireType 1 =*/65).double(message.maximum);
            if (message.bounded != null && $Object.hasOwnProperty.call(message, "bounded") && message.bounded !== false)
                writer.uint32(/* id 9, wireType 0 =*/72).bool(message.bounded);
            if (message.missingShare != null && $Object.hasOwnProperty.call(message, "missingShare") && !$Object.is(message.missingShare, 0))
                writer.uint32(/* id 10, wireType 1 =*/81).double(message.missingShare);
            if (message.missingTold != null && $Object.hasOwnProperty.call(message, "missingTold") && message.missingTold !== false)
                writer.uint32(/* id 11, wireType 0 =*/88).bool(message.missingTold);
            if (message.identifying != null && $Object.hasOwnProperty.call(message, "identifying") && message.identifying !== false)
                writer.uint32(/* id 12, wireType 0 =*/96).bool(message.identifying);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VariableDescriptor message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.VariableDescriptor & stimnet.VariableDescriptor.$Shape} VariableDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VariableDescriptor.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.VariableDescriptor();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.unit = value;
                        else
                            delete message.unit;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.levels && message.levels.length))
                            message.levels = [];
                        message.levels.push(reader.stringVerify());
                        continue;
                    }
                case 6: {
                        if (wireType === 2) {
                            if (!(message.breakpoints && message.breakpoints.length))
                                message.breakpoints = [];
                            reader.doubles(message.breakpoints);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.breakpoints && message.breakpoints.length))
                            message.breakpoints = [];
                        message.breakpoints.push(reader.double());
                        continue;
                    }
                case 7: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.minimum = value;
                        else
                            delete message.minimum;
                        continue;
                    }
                case 8: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.maximum = value;
                        else
                            delete message.maximum;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.bounded = value;
                        else
                            delete message.bounded;
                        continue;
                    }
                case 10: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.missingShare = value;
                        else
                            delete message.missingShare;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.missingTold = value;
                        else
                            delete message.missingTold;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.identifying = value;
                        else
                            delete message.identifying;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a VariableDescriptor message.
         * @function verify
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        VariableDescriptor.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                if (!$util.isString(message.type))
                    return "type: string expected";
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                if (!$util.isString(message.unit))
                    return "unit: string expected";
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                if (!$util.isString(message.description))
                    return "description: string expected";
            if (message.levels != null && $Object.hasOwnProperty.call(message, "levels")) {
                if (!$Array.isArray(message.levels))
                    return "levels: array expected";
                for (let i = 0; i < message.levels.length; ++i)
                    if (!$util.isString(message.levels[i]))
                        return "levels: string[] expected";
            }
            if (message.breakpoints != null && $Object.hasOwnProperty.call(message, "breakpoints")) {
                if (!$Array.isArray(message.breakpoints))
                    return "breakpoints: array expected";
                for (let i = 0; i < message.breakpoints.length; ++i)
                    if (typeof message.breakpoints[i] !== "number")
                        return "breakpoints: number[] expected";
            }
            if (message.minimum != null && $Object.hasOwnProperty.call(message, "minimum"))
                if (typeof message.minimum !== "number")
                    return "minimum: number expected";
            if (message.maximum != null && $Object.hasOwnProperty.call(message, "maximum"))
                if (typeof message.maximum !== "number")
                    return "maximum: number expected";
            if (message.bounded != null && $Object.hasOwnProperty.call(message, "bounded"))
                if (typeof message.bounded !== "boolean")
                    return "bounded: boolean expected";
            if (message.missingShare != null && $Object.hasOwnProperty.call(message, "missingShare"))
                if (typeof message.missingShare !== "number")
                    return "missingShare: number expected";
            if (message.missingTold != null && $Object.hasOwnProperty.call(message, "missingTold"))
                if (typeof message.missingTold !== "boolean")
                    return "missingTold: boolean expected";
            if (message.identifying != null && $Object.hasOwnProperty.call(message, "identifying"))
                if (typeof message.identifying !== "boolean")
                    return "identifying: boolean expected";
            return null;
        };

        /**
         * Creates a VariableDescriptor message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.VariableDescriptor} VariableDescriptor
         */
        VariableDescriptor.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.VariableDescriptor)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.VariableDescriptor: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.VariableDescriptor();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.type != null)
                if (typeof object.type !== "string" || object.type.length)
                    message.type = $String(object.type);
            if (object.unit != null)
                if (typeof object.unit !== "string" || object.unit.length)
                    message.unit = $String(object.unit);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.levels) {
                if (!$Array.isArray(object.levels))
                    throw $TypeError(".stimnet.VariableDescriptor.levels: array expected");
                message.levels = $Array(object.levels.length);
                for (let i = 0; i < object.levels.length; ++i)
                    message.levels[i] = $String(object.levels[i]);
            }
            if (object.breakpoints) {
                if (!$Array.isArray(object.breakpoints))
                    throw $TypeError(".stimnet.VariableDescriptor.breakpoints: array expected");
                message.breakpoints = $Array(object.breakpoints.length);
                for (let i = 0; i < object.breakpoints.length; ++i)
                    message.breakpoints[i] = $Number(object.breakpoints[i]);
            }
            if (object.minimum != null)
                if (!$Object.is($Number(object.minimum), 0))
                    message.minimum = $Number(object.minimum);
            if (object.maximum != null)
                if (!$Object.is($Number(object.maximum), 0))
                    message.maximum = $Number(object.maximum);
            if (object.bounded != null)
                if (object.bounded)
                    message.bounded = $Boolean(object.bounded);
            if (object.missingShare != null)
                if (!$Object.is($Number(object.missingShare), 0))
                    message.missingShare = $Number(object.missingShare);
            if (object.missingTold != null)
                if (object.missingTold)
                    message.missingTold = $Boolean(object.missingTold);
            if (object.identifying != null)
                if (object.identifying)
                    message.identifying = $Boolean(object.identifying);
            return message;
        };

        /**
         * Creates a plain object from a VariableDescriptor message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.VariableDescriptor
         * @static
         * @param {stimnet.VariableDescriptor} message VariableDescriptor
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        VariableDescriptor.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.levels = [];
                object.breakpoints = [];
            }
            if (options.defaults) {
                object.name = "";
                object.type = "";
                object.unit = "";
                object.description = "";
                object.minimum = 0;
                object.maximum = 0;
                object.bounded = false;
                object.missingShare = 0;
                object.missingTold = false;
                object.identifying = false;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                object.type = message.type;
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                object.unit = message.unit;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.levels && message.levels.length) {
                object.levels = $Array(message.levels.length);
                for (let j = 0; j < message.levels.length; ++j)
                    object.levels[j] = message.levels[j];
            }
            if (message.breakpoints && message.breakpoints.length) {
                object.breakpoints = $Array(message.breakpoints.length);
                for (let j = 0; j < message.breakpoints.length; ++j)
                    object.breakpoints[j] = options.json && !$isFinite(message.breakpoints[j]) ? $String(message.breakpoints[j]) : message.breakpoints[j];
            }
            if (message.minimum != null && $Object.hasOwnProperty.call(message, "minimum"))
                object.minimum = options.json && !$isFinite(message.minimum) ? $String(message.minimum) : message.minimum;
            if (message.maximum != null && $Object.hasOwnProperty.call(message, "maximum"))
                object.maximum = options.json && !$isFinite(message.maximum) ? $String(message.maximum) : message.maximum;
            if (message.bounded != null && $Object.hasOwnProperty.call(message, "bounded"))
                object.bounded = message.bounded;
            if (message.missingShare != null && $Object.hasOwnProperty.call(message, "missingShare"))
                object.missingShare = options.json && !$isFinite(message.missingShare) ? $String(message.missingShare) : message.missingShare;
            if (message.missingTold != null && $Object.hasOwnProperty.call(message, "missingTold"))
                object.missingTold = message.missingTold;
            if (message.identifying != null && $Object.hasOwnProperty.call(message, "identifying"))
                object.identifying = message.identifying;
            return object;
        };

        /**
         * Converts this VariableDescriptor to JSON.
         * @function toJSON
         * @memberof stimnet.VariableDescriptor
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        VariableDescriptor.prototype.toJSON = function() {
            return VariableDescriptor.toObject(this, $protobuf.util.toJSONOptions);
        };

        return VariableDescriptor;
    })();

    stimnet.LatticeVariable = (function() {

        /**
         * Properties of a LatticeVariable.
         * @typedef {Object} stimnet.LatticeVariable.$Properties
         * @property {string} [variable] LatticeVariable variable
         * @property {Array.<number>} [breakpoints] LatticeVariable breakpoints
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LatticeVariable.
         * @memberof stimnet
         * @interface ILatticeVariable
         * @augments stimnet.LatticeVariable.$Properties
         * @deprecated Use stimnet.LatticeVariable.$Properties instead.
         */

        /**
         * Shape of a LatticeVariable.
         * @typedef {stimnet.LatticeVariable.$Properties} stimnet.LatticeVariable.$Shape
         */

        /**
         * Constructs a new LatticeVariable.
         * @memberof stimnet
         * @classdesc Represents a LatticeVariable.
         * @constructor
         * @param {stimnet.LatticeVariable.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LatticeVariable = function (properties) {
            this.breakpoints = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LatticeVariable variable.
         * @member {string} variable
         * @memberof stimnet.LatticeVariable
         * @instance
         */
        LatticeVariable.prototype.variable = "";

        /**
         * LatticeVariable breakpoints.
         * @member {Array.<number>} breakpoints
         * @memberof stimnet.LatticeVariable
         * @instance
         */
        LatticeVariable.prototype.breakpoints = $util.emptyArray;

        /**
         * Creates a new LatticeVariable instance using the specified properties.
         * @function create
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {stimnet.LatticeVariable.$Properties=} [properties] Properties to set
         * @returns {stimnet.LatticeVariable} LatticeVariable instance
         * @type {{
         *   (properties: stimnet.LatticeVariable.$Shape): stimnet.LatticeVariable & stimnet.LatticeVariable.$Shape;
         *   (properties?: stimnet.LatticeVariable.$Properties): stimnet.LatticeVariable;
         * }}
         */
        LatticeVariable.create = function(properties) {
            return new LatticeVariable(properties);
        };

        /**
         * Encodes the specified LatticeVariable message. Does not implicitly {@link stimnet.LatticeVariable.verify|verify} messages.
         * @function encode
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {stimnet.LatticeVariable.$Properties} message LatticeVariable message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LatticeVariable.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable") && message.variable !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.variable);
            if (message.breakpoints != null && message.breakpoints.length)
                writer.uint32(/* id 2, wireType 2 =*/18).doubles(message.breakpoints);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LatticeVariable message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.LatticeVariable & stimnet.LatticeVariable.$Shape} LatticeVariable
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LatticeVariable.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.LatticeVariable();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.variable = value;
                        else
                            delete message.variable;
                        continue;
                    }
                case 2: {
                        if (wireType === 2) {
                            if (!(message.breakpoints && message.breakpoints.length))
                                message.breakpoints = [];
                            reader.doubles(message.breakpoints);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.breakpoints && message.breakpoints.length))
                            message.breakpoints = [];
                        message.breakpoints.push(reader.double());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a LatticeVariable message.
         * @function verify
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        LatticeVariable.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                if (!$util.isString(message.variable))
                    return "variable: string expected";
            if (message.breakpoints != null && $Object.hasOwnProperty.call(message, "breakpoints")) {
                if (!$Array.isArray(message.breakpoints))
                    return "breakpoints: array expected";
                for (let i = 0; i < message.breakpoints.length; ++i)
                    if (typeof message.breakpoints[i] !== "number")
                        return "breakpoints: number[] expected";
            }
            return null;
        };

        /**
         * Creates a LatticeVariable message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.LatticeVariable} LatticeVariable
         */
        LatticeVariable.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.LatticeVariable)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.LatticeVariable: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.LatticeVariable();
            if (object.variable != null)
                if (typeof object.variable !== "string" || object.variable.length)
                    message.variable = $String(object.variable);
            if (object.breakpoints) {
                if (!$Array.isArray(object.breakpoints))
                    throw $TypeError(".stimnet.LatticeVariable.breakpoints: array expected");
                message.breakpoints = $Array(object.breakpoints.length);
                for (let i = 0; i < object.breakpoints.length; ++i)
                    message.breakpoints[i] = $Number(object.breakpoints[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a LatticeVariable message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.LatticeVariable
         * @static
         * @param {stimnet.LatticeVariable} message LatticeVariable
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        LatticeVariable.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.breakpoints = [];
            if (options.defaults)
                object.variable = "";
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                object.variable = message.variable;
            if (message.breakpoints && message.breakpoints.length) {
                object.breakpoints = $Array(message.breakpoints.length);
                for (let j = 0; j < message.breakpoints.length; ++j)
                    object.breakpoints[j] = options.json && !$isFinite(message.breakpoints[j]) ? $String(message.breakpoints[j]) : message.breakpoints[j];
            }
            return object;
        };

        /**
         * Converts this LatticeVariable to JSON.
         * @function toJSON
         * @memberof stimnet.LatticeVariable
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        LatticeVariable.prototype.toJSON = function() {
            return LatticeVariable.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LatticeVariable;
    })();

    stimnet.CatalogQuery = (function() {

        /**
         * Properties of a CatalogQuery.
         * @typedef {Object} stimnet.CatalogQuery.$Properties
         * @property {Array.<string>} [words] CatalogQuery words
         * @property {string} [name] CatalogQuery name
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CatalogQuery.
         * @memberof stimnet
         * @interface ICatalogQuery
         * @augments stimnet.CatalogQuery.$Properties
         * @deprecated Use stimnet.CatalogQuery.$Properties instead.
         */

        /**
         * Shape of a CatalogQuery.
         * @typedef {stimnet.CatalogQuery.$Properties} stimnet.CatalogQuery.$Shape
         */

        /**
         * Constructs a new CatalogQuery.
         * @memberof stimnet
         * @classdesc Represents a CatalogQuery.
         * @constructor
         * @param {stimnet.CatalogQuery.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CatalogQuery = function (properties) {
            this.words = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CatalogQuery words.
         * @member {Array.<string>} words
         * @memberof stimnet.CatalogQuery
         * @instance
         */
        CatalogQuery.prototype.words = $util.emptyArray;

        /**
         * CatalogQuery name.
         * @member {string} name
         * @memberof stimnet.CatalogQuery
         * @instance
         */
        CatalogQuery.prototype.name = "";

        /**
         * Creates a new CatalogQuery instance using the specified properties.
         * @function create
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {stimnet.CatalogQuery.$Properties=} [properties] Properties to set
         * @returns {stimnet.CatalogQuery} CatalogQuery instance
         * @type {{
         *   (properties: stimnet.CatalogQuery.$Shape): stimnet.CatalogQuery & stimnet.CatalogQuery.$Shape;
         *   (properties?: stimnet.CatalogQuery.$Properties): stimnet.CatalogQuery;
         * }}
         */
        CatalogQuery.create = function(properties) {
            return new CatalogQuery(properties);
        };

        /**
         * Encodes the specified CatalogQuery message. Does not implicitly {@link stimnet.CatalogQuery.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {stimnet.CatalogQuery.$Properties} message CatalogQuery message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CatalogQuery.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.words != null && message.words.length)
                for (let i = 0; i < message.words.length; ++i)
                    writer.uint32(/* id 1, wireType 2 =*/10).string(message.words[i]);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CatalogQuery message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CatalogQuery & stimnet.CatalogQuery.$Shape} CatalogQuery
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CatalogQuery.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CatalogQuery();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.words && message.words.length))
                            message.words = [];
                        message.words.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CatalogQuery message.
         * @function verify
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CatalogQuery.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.words != null && $Object.hasOwnProperty.call(message, "words")) {
                if (!$Array.isArray(message.words))
                    return "words: array expected";
                for (let i = 0; i < message.words.length; ++i)
                    if (!$util.isString(message.words[i]))
                        return "words: string[] expected";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            return null;
        };

        /**
         * Creates a CatalogQuery message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CatalogQuery} CatalogQuery
         */
        CatalogQuery.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CatalogQuery)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CatalogQuery: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CatalogQuery();
            if (object.words) {
                if (!$Array.isArray(object.words))
                    throw $TypeError(".stimnet.CatalogQuery.words: array expected");
                message.words = $Array(object.words.length);
                for (let i = 0; i < object.words.length; ++i)
                    message.words[i] = $String(object.words[i]);
            }
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            return message;
        };

        /**
         * Creates a plain object from a CatalogQuery message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CatalogQuery
         * @static
         * @param {stimnet.CatalogQuery} message CatalogQuery
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CatalogQuery.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.words = [];
            if (options.defaults)
                object.name = "";
            if (message.words && message.words.length) {
                object.words = $Array(message.words.length);
                for (let j = 0; j < message.words.length; ++j)
                    object.words[j] = message.words[j];
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            return object;
        };

        /**
         * Converts this CatalogQuery to JSON.
         * @function toJSON
         * @memberof stimnet.CatalogQuery
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CatalogQuery.prototype.toJSON = function() {
            return CatalogQuery.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CatalogQuery;
    })();

    stimnet.CatalogAnswer = (function() {

        /**
         * Properties of a CatalogAnswer.
         * @typedef {Object} stimnet.CatalogAnswer.$Properties
         * @property {Array.<Uint8Array>} [catalogs] CatalogAnswer catalogs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CatalogAnswer.
         * @memberof stimnet
         * @interface ICatalogAnswer
         * @augments stimnet.CatalogAnswer.$Properties
         * @deprecated Use stimnet.CatalogAnswer.$Properties instead.
         */

        /**
         * Shape of a CatalogAnswer.
         * @typedef {stimnet.CatalogAnswer.$Properties} stimnet.CatalogAnswer.$Shape
         */

        /**
         * Constructs a new CatalogAnswer.
         * @memberof stimnet
         * @classdesc Represents a CatalogAnswer.
         * @constructor
         * @param {stimnet.CatalogAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CatalogAnswer = function (properties) {
            this.catalogs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CatalogAnswer catalogs.
         * @member {Array.<Uint8Array>} catalogs
         * @memberof stimnet.CatalogAnswer
         * @instance
         */
        CatalogAnswer.prototype.catalogs = $util.emptyArray;

        /**
         * Creates a new CatalogAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {stimnet.CatalogAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.CatalogAnswer} CatalogAnswer instance
         * @type {{
         *   (properties: stimnet.CatalogAnswer.$Shape): stimnet.CatalogAnswer & stimnet.CatalogAnswer.$Shape;
         *   (properties?: stimnet.CatalogAnswer.$Properties): stimnet.CatalogAnswer;
         * }}
         */
        CatalogAnswer.create = function(properties) {
            return new CatalogAnswer(properties);
        };

        /**
         * Encodes the specified CatalogAnswer message. Does not implicitly {@link stimnet.CatalogAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {stimnet.CatalogAnswer.$Properties} message CatalogAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CatalogAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.catalogs != null && message.catalogs.length)
                for (let i = 0; i < message.catalogs.length; ++i)
                    writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.catalogs[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CatalogAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CatalogAnswer & stimnet.CatalogAnswer.$Shape} CatalogAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CatalogAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CatalogAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.catalogs && message.catalogs.length))
                            message.catalogs = [];
                        message.catalogs.push(reader.bytes());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CatalogAnswer message.
         * @function verify
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CatalogAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.catalogs != null && $Object.hasOwnProperty.call(message, "catalogs")) {
                if (!$Array.isArray(message.catalogs))
                    return "catalogs: array expected";
                for (let i = 0; i < message.catalogs.length; ++i)
                    if (!(message.catalogs[i] && typeof message.catalogs[i].length === "number" || $util.isString(message.catalogs[i])))
                        return "catalogs: buffer[] expected";
            }
            return null;
        };

        /**
         * Creates a CatalogAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CatalogAnswer} CatalogAnswer
         */
        CatalogAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CatalogAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CatalogAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CatalogAnswer();
            if (object.catalogs) {
                if (!$Array.isArray(object.catalogs))
                    throw $TypeError(".stimnet.CatalogAnswer.catalogs: array expected");
                message.catalogs = $Array(object.catalogs.length);
                for (let i = 0; i < object.catalogs.length; ++i)
                    if (typeof object.catalogs[i] === "string")
                        $util.base64.decode(object.catalogs[i], message.catalogs[i] = $util.newBuffer($util.base64.length(object.catalogs[i])), 0);
                    else if (object.catalogs[i].length >= 0)
                        message.catalogs[i] = object.catalogs[i];
            }
            return message;
        };

        /**
         * Creates a plain object from a CatalogAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CatalogAnswer
         * @static
         * @param {stimnet.CatalogAnswer} message CatalogAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CatalogAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.catalogs = [];
            if (message.catalogs && message.catalogs.length) {
                object.catalogs = $Array(message.catalogs.length);
                for (let j = 0; j < message.catalogs.length; ++j)
                    object.catalogs[j] = options.bytes === $String ? $util.base64.encode(message.catalogs[j], 0, message.catalogs[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.catalogs[j]) : message.catalogs[j];
            }
            return object;
        };

        /**
         * Converts this CatalogAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.CatalogAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CatalogAnswer.prototype.toJSON = function() {
            return CatalogAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CatalogAnswer;
    })();

    stimnet.HelloAsk = (function() {

        /**
         * Properties of a HelloAsk.
         * @typedef {Object} stimnet.HelloAsk.$Properties
         * @property {string} [version] HelloAsk version
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HelloAsk.
         * @memberof stimnet
         * @interface IHelloAsk
         * @augments stimnet.HelloAsk.$Properties
         * @deprecated Use stimnet.HelloAsk.$Properties instead.
         */

        /**
         * Shape of a HelloAsk.
         * @typedef {stimnet.HelloAsk.$Properties} stimnet.HelloAsk.$Shape
         */

        /**
         * Constructs a new HelloAsk.
         * @memberof stimnet
         * @classdesc Represents a HelloAsk.
         * @constructor
         * @param {stimnet.HelloAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HelloAsk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HelloAsk version.
         * @member {string} version
         * @memberof stimnet.HelloAsk
         * @instance
         */
        HelloAsk.prototype.version = "";

        /**
         * Creates a new HelloAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.HelloAsk
         * @static
         * @param {stimnet.HelloAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.HelloAsk} HelloAsk instance
         * @type {{
         *   (properties: stimnet.HelloAsk.$Shape): stimnet.HelloAsk & stimnet.HelloAsk.$Shape;
         *   (properties?: stimnet.HelloAsk.$Properties): stimnet.HelloAsk;
         * }}
         */
        HelloAsk.create = function(properties) {
            return new HelloAsk(properties);
        };

        /**
         * Encodes the specified HelloAsk message. Does not implicitly {@link stimnet.HelloAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.HelloAsk
         * @static
         * @param {stimnet.HelloAsk.$Properties} message HelloAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HelloAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HelloAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.HelloAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.HelloAsk & stimnet.HelloAsk.$Shape} HelloAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HelloAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.HelloAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a HelloAsk message.
         * @function verify
         * @memberof stimnet.HelloAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        HelloAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (!$util.isString(message.version))
                    return "version: string expected";
            return null;
        };

        /**
         * Creates a HelloAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.HelloAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.HelloAsk} HelloAsk
         */
        HelloAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.HelloAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.HelloAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.HelloAsk();
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            return message;
        };

        /**
         * Creates a plain object from a HelloAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.HelloAsk
         * @static
         * @param {stimnet.HelloAsk} message HelloAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        HelloAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.version = "";
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            return object;
        };

        /**
         * Converts this HelloAsk to JSON.
         * @function toJSON
         * @memberof stimnet.HelloAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        HelloAsk.prototype.toJSON = function() {
            return HelloAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HelloAsk;
    })();

    stimnet.HelloAnswer = (function() {

        /**
         * Properties of a HelloAnswer.
         * @typedef {Object} stimnet.HelloAnswer.$Properties
         * @property {string} [nodeId] HelloAnswer nodeId
         * @property {string} [institution] HelloAnswer institution
         * @property {string} [version] HelloAnswer version
         * @property {Array.<string>} [catalogs] HelloAnswer catalogs
         * @property {string} [sandbox] HelloAnswer sandbox
         * @property {string} [sandboxEngine] HelloAnswer sandboxEngine
         * @property {string} [sandboxGrade] HelloAnswer sandboxGrade
         * @property {Array.<string>} [languages] HelloAnswer languages
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a HelloAnswer.
         * @memberof stimnet
         * @interface IHelloAnswer
         * @augments stimnet.HelloAnswer.$Properties
         * @deprecated Use stimnet.HelloAnswer.$Properties instead.
         */

        /**
         * Shape of a HelloAnswer.
         * @typedef {stimnet.HelloAnswer.$Properties} stimnet.HelloAnswer.$Shape
         */

        /**
         * Constructs a new HelloAnswer.
         * @memberof stimnet
         * @classdesc Represents a HelloAnswer.
         * @constructor
         * @param {stimnet.HelloAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const HelloAnswer = function (properties) {
            this.catalogs = [];
            this.languages = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * HelloAnswer nodeId.
         * @member {string} nodeId
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.nodeId = "";

        /**
         * HelloAnswer institution.
         * @member {string} institution
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.institution = "";

        /**
         * HelloAnswer version.
         * @member {string} version
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.version = "";

        /**
         * HelloAnswer catalogs.
         * @member {Array.<string>} catalogs
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.catalogs = $util.emptyArray;

        /**
         * HelloAnswer sandbox.
         * @member {string} sandbox
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.sandbox = "";

        /**
         * HelloAnswer sandboxEngine.
         * @member {string} sandboxEngine
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.sandboxEngine = "";

        /**
         * HelloAnswer sandboxGrade.
         * @member {string} sandboxGrade
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.sandboxGrade = "";

        /**
         * HelloAnswer languages.
         * @member {Array.<string>} languages
         * @memberof stimnet.HelloAnswer
         * @instance
         */
        HelloAnswer.prototype.languages = $util.emptyArray;

        /**
         * Creates a new HelloAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {stimnet.HelloAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.HelloAnswer} HelloAnswer instance
         * @type {{
         *   (properties: stimnet.HelloAnswer.$Shape): stimnet.HelloAnswer & stimnet.HelloAnswer.$Shape;
         *   (properties?: stimnet.HelloAnswer.$Properties): stimnet.HelloAnswer;
         * }}
         */
        HelloAnswer.create = function(properties) {
            return new HelloAnswer(properties);
        };

        /**
         * Encodes the specified HelloAnswer message. Does not implicitly {@link stimnet.HelloAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {stimnet.HelloAnswer.$Properties} message HelloAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        HelloAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId") && message.nodeId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.nodeId);
            if (message.institution != null && $Object.hasOwnProperty.call(message, "institution") && message.institution !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.institution);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.version);
            if (message.catalogs != null && message.catalogs.length)
                for (let i = 0; i < message.catalogs.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.catalogs[i]);
            if (message.sandbox != null && $Object.hasOwnProperty.call(message, "sandbox") && message.sandbox !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.sandbox);
            if (message.sandboxEngine != null && $Object.hasOwnProperty.call(message, "sandboxEngine") && message.sandboxEngine !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.sandboxEngine);
            if (message.sandboxGrade != null && $Object.hasOwnProperty.call(message, "sandboxGrade") && message.sandboxGrade !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.sandboxGrade);
            if (message.languages != null && message.languages.length)
                for (let i = 0; i < message.languages.length; ++i)
                    writer.uint32(/* id 8, wireType 2 =*/66).string(message.languages[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a HelloAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.HelloAnswer & stimnet.HelloAnswer.$Shape} HelloAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        HelloAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.HelloAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.nodeId = value;
                        else
                            delete message.nodeId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.institution = value;
                        else
                            delete message.institution;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.catalogs && message.catalogs.length))
                            message.catalogs = [];
                        message.catalogs.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sandbox = value;
                        else
                            delete message.sandbox;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sandboxEngine = value;
                        else
                            delete message.sandboxEngine;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sandboxGrade = value;
                        else
                            delete message.sandboxGrade;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if (!(message.languages && message.languages.length))
                            message.languages = [];
                        message.languages.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a HelloAnswer message.
         * @function verify
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        HelloAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                if (!$util.isString(message.nodeId))
                    return "nodeId: string expected";
            if (message.institution != null && $Object.hasOwnProperty.call(message, "institution"))
                if (!$util.isString(message.institution))
                    return "institution: string expected";
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (!$util.isString(message.version))
                    return "version: string expected";
            if (message.catalogs != null && $Object.hasOwnProperty.call(message, "catalogs")) {
                if (!$Array.isArray(message.catalogs))
                    return "catalogs: array expected";
                for (let i = 0; i < message.catalogs.length; ++i)
                    if (!$util.isString(message.catalogs[i]))
                        return "catalogs: string[] expected";
            }
            if (message.sandbox != null && $Object.hasOwnProperty.call(message, "sandbox"))
                if (!$util.isString(message.sandbox))
                    return "sandbox: string expected";
            if (message.sandboxEngine != null && $Object.hasOwnProperty.call(message, "sandboxEngine"))
                if (!$util.isString(message.sandboxEngine))
                    return "sandboxEngine: string expected";
            if (message.sandboxGrade != null && $Object.hasOwnProperty.call(message, "sandboxGrade"))
                if (!$util.isString(message.sandboxGrade))
                    return "sandboxGrade: string expected";
            if (message.languages != null && $Object.hasOwnProperty.call(message, "languages")) {
                if (!$Array.isArray(message.languages))
                    return "languages: array expected";
                for (let i = 0; i < message.languages.length; ++i)
                    if (!$util.isString(message.languages[i]))
                        return "languages: string[] expected";
            }
            return null;
        };

        /**
         * Creates a HelloAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.HelloAnswer} HelloAnswer
         */
        HelloAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.HelloAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.HelloAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.HelloAnswer();
            if (object.nodeId != null)
                if (typeof object.nodeId !== "string" || object.nodeId.length)
                    message.nodeId = $String(object.nodeId);
            if (object.institution != null)
                if (typeof object.institution !== "string" || object.institution.length)
                    message.institution = $String(object.institution);
            if (object.version != null)
                if (typeof object.version !== "string" || object.version.length)
                    message.version = $String(object.version);
            if (object.catalogs) {
                if (!$Array.isArray(object.catalogs))
                    throw $TypeError(".stimnet.HelloAnswer.catalogs: array expected");
                message.catalogs = $Array(object.catalogs.length);
                for (let i = 0; i < object.catalogs.length; ++i)
                    message.catalogs[i] = $String(object.catalogs[i]);
            }
            if (object.sandbox != null)
                if (typeof object.sandbox !== "string" || object.sandbox.length)
                    message.sandbox = $String(object.sandbox);
            if (object.sandboxEngine != null)
                if (typeof object.sandboxEngine !== "string" || object.sandboxEngine.length)
                    message.sandboxEngine = $String(object.sandboxEngine);
            if (object.sandboxGrade != null)
                if (typeof object.sandboxGrade !== "string" || object.sandboxGrade.length)
                    message.sandboxGrade = $String(object.sandboxGrade);
            if (object.languages) {
                if (!$Array.isArray(object.languages))
                    throw $TypeError(".stimnet.HelloAnswer.languages: array expected");
                message.languages = $Array(object.languages.length);
                for (let i = 0; i < object.languages.length; ++i)
                    message.languages[i] = $String(object.languages[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a HelloAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.HelloAnswer
         * @static
         * @param {stimnet.HelloAnswer} message HelloAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        HelloAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.catalogs = [];
                object.languages = [];
            }
            if (options.defaults) {
                object.nodeId = "";
                object.institution = "";
                object.version = "";
                object.sandbox = "";
                object.sandboxEngine = "";
                object.sandboxGrade = "";
            }
            if (message.nodeId != null && $Object.hasOwnProperty.call(message, "nodeId"))
                object.nodeId = message.nodeId;
            if (message.institution != null && $Object.hasOwnProperty.call(message, "institution"))
                object.institution = message.institution;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = message.version;
            if (message.catalogs && message.catalogs.length) {
                object.catalogs = $Array(message.catalogs.length);
                for (let j = 0; j < message.catalogs.length; ++j)
                    object.catalogs[j] = message.catalogs[j];
            }
            if (message.sandbox != null && $Object.hasOwnProperty.call(message, "sandbox"))
                object.sandbox = message.sandbox;
            if (message.sandboxEngine != null && $Object.hasOwnProperty.call(message, "sandboxEngine"))
                object.sandboxEngine = message.sandboxEngine;
            if (message.sandboxGrade != null && $Object.hasOwnProperty.call(message, "sandboxGrade"))
                object.sandboxGrade = message.sandboxGrade;
            if (message.languages && message.languages.length) {
                object.languages = $Array(message.languages.length);
                for (let j = 0; j < message.languages.length; ++j)
                    object.languages[j] = message.languages[j];
            }
            return object;
        };

        /**
         * Converts this HelloAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.HelloAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        HelloAnswer.prototype.toJSON = function() {
            return HelloAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return HelloAnswer;
    })();

    stimnet.Statement = (function() {

        /**
         * Properties of a Statement.
         * @typedef {Object} stimnet.Statement.$Properties
         * @property {string} [domain] Statement domain
         * @property {string} [type] Statement type
         * @property {string} [issuer] Statement issuer
         * @property {Array.<string>} [audience] Statement audience
         * @property {number} [issuedAtMs] Statement issuedAtMs
         * @property {number} [expiresAtMs] Statement expiresAtMs
         * @property {Uint8Array} [nonce] Statement nonce
         * @property {Uint8Array} [body] Statement body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Statement.
         * @memberof stimnet
         * @interface IStatement
         * @augments stimnet.Statement.$Properties
         * @deprecated Use stimnet.Statement.$Properties instead.
         */

        /**
         * Shape of a Statement.
         * @typedef {stimnet.Statement.$Properties} stimnet.Statement.$Shape
         */

        /**
         * Constructs a new Statement.
         * @memberof stimnet
         * @classdesc Represents a Statement.
         * @constructor
         * @param {stimnet.Statement.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Statement = function (properties) {
            this.audience = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Statement domain.
         * @member {string} domain
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.domain = "";

        /**
         * Statement type.
         * @member {string} type
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.type = "";

        /**
         * Statement issuer.
         * @member {string} issuer
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.issuer = "";

        /**
         * Statement audience.
         * @member {Array.<string>} audience
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.audience = $util.emptyArray;

        /**
         * Statement issuedAtMs.
         * @member {number} issuedAtMs
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.issuedAtMs = 0;

        /**
         * Statement expiresAtMs.
         * @member {number} expiresAtMs
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.expiresAtMs = 0;

        /**
         * Statement nonce.
         * @member {Uint8Array} nonce
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.nonce = $util.newBuffer([]);

        /**
         * Statement body.
         * @member {Uint8Array} body
         * @memberof stimnet.Statement
         * @instance
         */
        Statement.prototype.body = $util.newBuffer([]);

        /**
         * Creates a new Statement instance using the specified properties.
         * @function create
         * @memberof stimnet.Statement
         * @static
         * @param {stimnet.Statement.$Properties=} [properties] Properties to set
         * @returns {stimnet.Statement} Statement instance
         * @type {{
         *   (properties: stimnet.Statement.$Shape): stimnet.Statement & stimnet.Statement.$Shape;
         *   (properties?: stimnet.Statement.$Properties): stimnet.Statement;
         * }}
         */
        Statement.create = function(properties) {
            return new Statement(properties);
        };

        /**
         * Encodes the specified Statement message. Does not implicitly {@link stimnet.Statement.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Statement
         * @static
         * @param {stimnet.Statement.$Properties} message Statement message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Statement.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.domain != null && $Object.hasOwnProperty.call(message, "domain") && message.domain !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.domain);
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.type);
            if (message.issuer != null && $Object.hasOwnProperty.call(message, "issuer") && message.issuer !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.issuer);
            if (message.audience != null && message.audience.length)
                for (let i = 0; i < message.audience.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.audience[i]);
            if (message.issuedAtMs != null && $Object.hasOwnProperty.call(message, "issuedAtMs") && !$Object.is(message.issuedAtMs, 0))
                writer.uint32(/* id 5, wireType 1 =*/41).double(message.issuedAtMs);
            if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs") && !$Object.is(message.expiresAtMs, 0))
                writer.uint32(/* id 6, wireType 1 =*/49).double(message.expiresAtMs);
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce") && message.nonce.length)
                writer.uint32(/* id 7, wireType 2 =*/58).bytes(message.nonce);
            if (message.body != null && $Object.hasOwnProperty.call(message, "body") && message.body.length)
                writer.uint32(/* id 8, wireType 2 =*/66).bytes(message.body);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Statement message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Statement
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Statement & stimnet.Statement.$Shape} Statement
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Statement.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Statement();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.domain = value;
                        else
                            delete message.domain;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.issuer = value;
                        else
                            delete message.issuer;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.audience && message.audience.length))
                            message.audience = [];
                        message.audience.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.issuedAtMs = value;
                        else
                            delete message.issuedAtMs;
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.expiresAtMs = value;
                        else
                            delete message.expiresAtMs;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.nonce = value;
                        else
                            delete message.nonce;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.body = value;
                        else
                            delete message.body;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Statement message.
         * @function verify
         * @memberof stimnet.Statement
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Statement.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.domain != null && $Object.hasOwnProperty.call(message, "domain"))
                if (!$util.isString(message.domain))
                    return "domain: string expected";
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                if (!$util.isString(message.type))
                    return "type: string expected";
            if (message.issuer != null && $Object.hasOwnProperty.call(message, "issuer"))
                if (!$util.isString(message.issuer))
                    return "issuer: string expected";
            if (message.audience != null && $Object.hasOwnProperty.call(message, "audience")) {
                if (!$Array.isArray(message.audience))
                    return "audience: array expected";
                for (let i = 0; i < message.audience.length; ++i)
                    if (!$util.isString(message.audience[i]))
                        return "audience: string[] expected";
            }
            if (message.issuedAtMs != null && $Object.hasOwnProperty.call(message, "issuedAtMs"))
                if (typeof message.issuedAtMs !== "number")
                    return "issuedAtMs: number expected";
            if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs"))
                if (typeof message.expiresAtMs !== "number")
                    return "expiresAtMs: number expected";
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce"))
                if (!(message.nonce && typeof message.nonce.length === "number" || $util.isString(message.nonce)))
                    return "nonce: buffer expected";
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                if (!(message.body && typeof message.body.length === "number" || $util.isString(message.body)))
                    return "body: buffer expected";
            return null;
        };

        /**
         * Creates a Statement message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Statement
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Statement} Statement
         */
        Statement.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Statement)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Statement: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Statement();
            if (object.domain != null)
                if (typeof object.domain !== "string" || object.domain.length)
                    message.domain = $String(object.domain);
            if (object.type != null)
                if (typeof object.type !== "string" || object.type.length)
                    message.type = $String(object.type);
            if (object.issuer != null)
                if (typeof object.issuer !== "string" || object.issuer.length)
                    message.issuer = $String(object.issuer);
            if (object.audience) {
                if (!$Array.isArray(object.audience))
                    throw $TypeError(".stimnet.Statement.audience: array expected");
                message.audience = $Array(object.audience.length);
                for (let i = 0; i < object.audience.length; ++i)
                    message.audience[i] = $String(object.audience[i]);
            }
            if (object.issuedAtMs != null)
                if (!$Object.is($Number(object.issuedAtMs), 0))
                    message.issuedAtMs = $Number(object.issuedAtMs);
            if (object.expiresAtMs != null)
                if (!$Object.is($Number(object.expiresAtMs), 0))
                    message.expiresAtMs = $Number(object.expiresAtMs);
            if (object.nonce != null)
                if (object.nonce.length)
                    if (typeof object.nonce === "string")
                        $util.base64.decode(object.nonce, message.nonce = $util.newBuffer($util.base64.length(object.nonce)), 0);
                    else if (object.nonce.length >= 0)
                        message.nonce = object.nonce;
            if (object.body != null)
                if (object.body.length)
                    if (typeof object.body === "string")
                        $util.base64.decode(object.body, message.body = $util.newBuffer($util.base64.length(object.body)), 0);
                    else if (object.body.length >= 0)
                        message.body = object.body;
            return message;
        };

        /**
         * Creates a plain object from a Statement message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Statement
         * @static
         * @param {stimnet.Statement} message Statement
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Statement.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.audience = [];
            if (options.defaults) {
                object.domain = "";
                object.type = "";
                object.issuer = "";
                object.issuedAtMs = 0;
                object.expiresAtMs = 0;
                if (options.bytes === $String)
                    object.nonce = "";
                else {
                    object.nonce = [];
                    if (options.bytes !== $Array)
                        object.nonce = $util.newBuffer(object.nonce);
                }
                if (options.bytes === $String)
                    object.body = "";
                else {
                    object.body = [];
                    if (options.bytes !== $Array)
                        object.body = $util.newBuffer(object.body);
                }
            }
            if (message.domain != null && $Object.hasOwnProperty.call(message, "domain"))
                object.domain = message.domain;
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                object.type = message.type;
            if (message.issuer != null && $Object.hasOwnProperty.call(message, "issuer"))
                object.issuer = message.issuer;
            if (message.audience && message.audience.length) {
                object.audience = $Array(message.audience.length);
                for (let j = 0; j < message.audience.length; ++j)
                    object.audience[j] = message.audience[j];
            }
            if (message.issuedAtMs != null && $Object.hasOwnProperty.call(message, "issuedAtMs"))
                object.issuedAtMs = options.json && !$isFinite(message.issuedAtMs) ? $String(message.issuedAtMs) : message.issuedAtMs;
            if (message.expiresAtMs != null && $Object.hasOwnProperty.call(message, "expiresAtMs"))
                object.expiresAtMs = options.json && !$isFinite(message.expiresAtMs) ? $String(message.expiresAtMs) : message.expiresAtMs;
            if (message.nonce != null && $Object.hasOwnProperty.call(message, "nonce"))
                object.nonce = options.bytes === $String ? $util.base64.encode(message.nonce, 0, message.nonce.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.nonce) : message.nonce;
            if (message.body != null && $Object.hasOwnProperty.call(message, "body"))
                object.body = options.bytes === $String ? $util.base64.encode(message.body, 0, message.body.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.body) : message.body;
            return object;
        };

        /**
         * Converts this Statement to JSON.
         * @function toJSON
         * @memberof stimnet.Statement
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Statement.prototype.toJSON = function() {
            return Statement.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Statement;
    })();

    stimnet.Envelope = (function() {

        /**
         * Properties of an Envelope.
         * @typedef {Object} stimnet.Envelope.$Properties
         * @property {Uint8Array} [jws] Envelope jws
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an Envelope.
         * @memberof stimnet
         * @interface IEnvelope
         * @augments stimnet.Envelope.$Properties
         * @deprecated Use stimnet.Envelope.$Properties instead.
         */

        /**
         * Shape of an Envelope.
         * @typedef {stimnet.Envelope.$Properties} stimnet.Envelope.$Shape
         */

        /**
         * Constructs a new Envelope.
         * @memberof stimnet
         * @classdesc Represents an Envelope.
         * @constructor
         * @param {stimnet.Envelope.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Envelope = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Envelope jws.
         * @member {Uint8Array} jws
         * @memberof stimnet.Envelope
         * @instance
         */
        Envelope.prototype.jws = $util.newBuffer([]);

        /**
         * Creates a new Envelope instance using the specified properties.
         * @function create
         * @memberof stimnet.Envelope
         * @static
         * @param {stimnet.Envelope.$Properties=} [properties] Properties to set
         * @returns {stimnet.Envelope} Envelope instance
         * @type {{
         *   (properties: stimnet.Envelope.$Shape): stimnet.Envelope & stimnet.Envelope.$Shape;
         *   (properties?: stimnet.Envelope.$Properties): stimnet.Envelope;
         * }}
         */
        Envelope.create = function(properties) {
            return new Envelope(properties);
        };

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link stimnet.Envelope.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Envelope
         * @static
         * @param {stimnet.Envelope.$Properties} message Envelope message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Envelope.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.jws != null && $Object.hasOwnProperty.call(message, "jws") && message.jws.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.jws);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Envelope
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Envelope & stimnet.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Envelope.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Envelope();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.jws = value;
                        else
                            delete message.jws;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an Envelope message.
         * @function verify
         * @memberof stimnet.Envelope
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Envelope.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.jws != null && $Object.hasOwnProperty.call(message, "jws"))
                if (!(message.jws && typeof message.jws.length === "number" || $util.isString(message.jws)))
                    return "jws: buffer expected";
            return null;
        };

        /**
         * Creates an Envelope message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Envelope
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Envelope} Envelope
         */
        Envelope.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Envelope)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Envelope: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Envelope();
            if (object.jws != null)
                if (object.jws.length)
                    if (typeof object.jws === "string")
                        $util.base64.decode(object.jws, message.jws = $util.newBuffer($util.base64.length(object.jws)), 0);
                    else if (object.jws.length >= 0)
                        message.jws = object.jws;
            return message;
        };

        /**
         * Creates a plain object from an Envelope message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Envelope
         * @static
         * @param {stimnet.Envelope} message Envelope
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Envelope.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.jws = "";
                else {
                    object.jws = [];
                    if (options.bytes !== $Array)
                        object.jws = $util.newBuffer(object.jws);
                }
            if (message.jws != null && $Object.hasOwnProperty.call(message, "jws"))
                object.jws = options.bytes === $String ? $util.base64.encode(message.jws, 0, message.jws.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.jws) : message.jws;
            return object;
        };

        /**
         * Converts this Envelope to JSON.
         * @function toJSON
         * @memberof stimnet.Envelope
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Envelope.prototype.toJSON = function() {
            return Envelope.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Envelope;
    })();

    stimnet.FederationAsk = (function() {

        /**
         * Properties of a FederationAsk.
         * @typedef {Object} stimnet.FederationAsk.$Properties
         * @property {string} [charter] FederationAsk charter
         * @property {string} [digest] FederationAsk digest
         * @property {Array.<string>} [statements] FederationAsk statements
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FederationAsk.
         * @memberof stimnet
         * @interface IFederationAsk
         * @augments stimnet.FederationAsk.$Properties
         * @deprecated Use stimnet.FederationAsk.$Properties instead.
         */

        /**
         * Shape of a FederationAsk.
         * @typedef {stimnet.FederationAsk.$Properties} stimnet.FederationAsk.$Shape
         */

        /**
         * Constructs a new FederationAsk.
         * @memberof stimnet
         * @classdesc Represents a FederationAsk.
         * @constructor
         * @param {stimnet.FederationAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FederationAsk = function (properties) {
            this.statements = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FederationAsk charter.
         * @member {string} charter
         * @memberof stimnet.FederationAsk
         * @instance
         */
        FederationAsk.prototype.charter = "";

        /**
         * FederationAsk digest.
         * @member {string} digest
         * @memberof stimnet.FederationAsk
         * @instance
         */
        FederationAsk.prototype.digest = "";

        /**
         * FederationAsk statements.
         * @member {Array.<string>} statements
         * @memberof stimnet.FederationAsk
         * @instance
         */
        FederationAsk.prototype.statements = $util.emptyArray;

        /**
         * Creates a new FederationAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.FederationAsk
         * @static
         * @param {stimnet.FederationAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.FederationAsk} FederationAsk instance
         * @type {{
         *   (properties: stimnet.FederationAsk.$Shape): stimnet.FederationAsk & stimnet.FederationAsk.$Shape;
         *   (properties?: stimnet.FederationAsk.$Properties): stimnet.FederationAsk;
         * }}
         */
        FederationAsk.create = function(properties) {
            return new FederationAsk(properties);
        };

        /**
         * Encodes the specified FederationAsk message. Does not implicitly {@link stimnet.FederationAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FederationAsk
         * @static
         * @param {stimnet.FederationAsk.$Properties} message FederationAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FederationAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.charter != null && $Object.hasOwnProperty.call(message, "charter") && message.charter !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.charter);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.digest);
            if (message.statements != null && message.statements.length)
                for (let i = 0; i < message.statements.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.statements[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FederationAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FederationAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FederationAsk & stimnet.FederationAsk.$Shape} FederationAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FederationAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FederationAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.charter = value;
                        else
                            delete message.charter;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.statements && message.statements.length))
                            message.statements = [];
                        message.statements.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FederationAsk message.
         * @function verify
         * @memberof stimnet.FederationAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FederationAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.charter != null && $Object.hasOwnProperty.call(message, "charter"))
                if (!$util.isString(message.charter))
                    return "charter: string expected";
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest"))
                if (!$util.isString(message.digest))
                    return "digest: string expected";
            if (message.statements != null && $Object.hasOwnProperty.call(message, "statements")) {
                if (!$Array.isArray(message.statements))
                    return "statements: array expected";
                for (let i = 0; i < message.statements.length; ++i)
                    if (!$util.isString(message.statements[i]))
                        return "statements: string[] expected";
            }
            return null;
        };

        /**
         * Creates a FederationAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FederationAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FederationAsk} FederationAsk
         */
        FederationAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FederationAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FederationAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FederationAsk();
            if (object.charter != null)
                if (typeof object.charter !== "string" || object.charter.length)
                    message.charter = $String(object.charter);
            if (object.digest != null)
                if (typeof object.digest !== "string" || object.digest.length)
                    message.digest = $String(object.digest);
            if (object.statements) {
                if (!$Array.isArray(object.statements))
                    throw $TypeError(".stimnet.FederationAsk.statements: array expected");
                message.statements = $Array(object.statements.length);
                for (let i = 0; i < object.statements.length; ++i)
                    message.statements[i] = $String(object.statements[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a FederationAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FederationAsk
         * @static
         * @param {stimnet.FederationAsk} message FederationAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FederationAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.statements = [];
            if (options.defaults) {
                object.charter = "";
                object.digest = "";
            }
            if (message.charter != null && $Object.hasOwnProperty.call(message, "charter"))
                object.charter = message.charter;
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest"))
                object.digest = message.digest;
            if (message.statements && message.statements.length) {
                object.statements = $Array(message.statements.length);
                for (let j = 0; j < message.statements.length; ++j)
                    object.statements[j] = message.statements[j];
            }
            return object;
        };

        /**
         * Converts this FederationAsk to JSON.
         * @function toJSON
         * @memberof stimnet.FederationAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FederationAsk.prototype.toJSON = function() {
            return FederationAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FederationAsk;
    })();

    stimnet.FederationAnswer = (function() {

        /**
         * Properties of a FederationAnswer.
         * @typedef {Object} stimnet.FederationAnswer.$Properties
         * @property {string} [digest] FederationAnswer digest
         * @property {Array.<string>} [statements] FederationAnswer statements
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FederationAnswer.
         * @memberof stimnet
         * @interface IFederationAnswer
         * @augments stimnet.FederationAnswer.$Properties
         * @deprecated Use stimnet.FederationAnswer.$Properties instead.
         */

        /**
         * Shape of a FederationAnswer.
         * @typedef {stimnet.FederationAnswer.$Properties} stimnet.FederationAnswer.$Shape
         */

        /**
         * Constructs a new FederationAnswer.
         * @memberof stimnet
         * @classdesc Represents a FederationAnswer.
         * @constructor
         * @param {stimnet.FederationAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FederationAnswer = function (properties) {
            this.statements = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FederationAnswer digest.
         * @member {string} digest
         * @memberof stimnet.FederationAnswer
         * @instance
         */
        FederationAnswer.prototype.digest = "";

        /**
         * FederationAnswer statements.
         * @member {Array.<string>} statements
         * @memberof stimnet.FederationAnswer
         * @instance
         */
        FederationAnswer.prototype.statements = $util.emptyArray;

        /**
         * Creates a new FederationAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {stimnet.FederationAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.FederationAnswer} FederationAnswer instance
         * @type {{
         *   (properties: stimnet.FederationAnswer.$Shape): stimnet.FederationAnswer & stimnet.FederationAnswer.$Shape;
         *   (properties?: stimnet.FederationAnswer.$Properties): stimnet.FederationAnswer;
         * }}
         */
        FederationAnswer.create = function(properties) {
            return new FederationAnswer(properties);
        };

        /**
         * Encodes the specified FederationAnswer message. Does not implicitly {@link stimnet.FederationAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {stimnet.FederationAnswer.$Properties} message FederationAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FederationAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.digest);
            if (message.statements != null && message.statements.length)
                for (let i = 0; i < message.statements.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.statements[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FederationAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FederationAnswer & stimnet.FederationAnswer.$Shape} FederationAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FederationAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FederationAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.statements && message.statements.length))
                            message.statements = [];
                        message.statements.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FederationAnswer message.
         * @function verify
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FederationAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest"))
                if (!$util.isString(message.digest))
                    return "digest: string expected";
            if (message.statements != null && $Object.hasOwnProperty.call(message, "statements")) {
                if (!$Array.isArray(message.statements))
                    return "statements: array expected";
                for (let i = 0; i < message.statements.length; ++i)
                    if (!$util.isString(message.statements[i]))
                        return "statements: string[] expected";
            }
            return null;
        };

        /**
         * Creates a FederationAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FederationAnswer} FederationAnswer
         */
        FederationAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FederationAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FederationAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FederationAnswer();
            if (object.digest != null)
                if (typeof object.digest !== "string" || object.digest.length)
                    message.digest = $String(object.digest);
            if (object.statements) {
                if (!$Array.isArray(object.statements))
                    throw $TypeError(".stimnet.FederationAnswer.statements: array expected");
                message.statements = $Array(object.statements.length);
                for (let i = 0; i < object.statements.length; ++i)
                    message.statements[i] = $String(object.statements[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a FederationAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FederationAnswer
         * @static
         * @param {stimnet.FederationAnswer} message FederationAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FederationAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.statements = [];
            if (options.defaults)
                object.digest = "";
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest"))
                object.digest = message.digest;
            if (message.statements && message.statements.length) {
                object.statements = $Array(message.statements.length);
                for (let j = 0; j < message.statements.length; ++j)
                    object.statements[j] = message.statements[j];
            }
            return object;
        };

        /**
         * Converts this FederationAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.FederationAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FederationAnswer.prototype.toJSON = function() {
            return FederationAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FederationAnswer;
    })();

    stimnet.JobRequest = (function() {

        /**
         * Properties of a JobRequest.
         * @typedef {Object} stimnet.JobRequest.$Properties
         * @property {string} [catalog] JobRequest catalog
         * @property {Array.<string>} [purpose] JobRequest purpose
         * @property {string} [project] JobRequest project
         * @property {stimnet.Filter.$Properties} [cohort] JobRequest cohort
         * @property {stimnet.Program.$Properties} [program] JobRequest program
         * @property {string} [parametersJson] JobRequest parametersJson
         * @property {string} [filtersJson] JobRequest filtersJson
         * @property {number} [wallTimeMsMax] JobRequest wallTimeMsMax
         * @property {string} [custody] JobRequest custody
         * @property {string} [account] JobRequest account
         * @property {string} [title] JobRequest title
         * @property {string} [broadcast] JobRequest broadcast
         * @property {stimnet.PrivacyAsk.$Properties} [privacy] JobRequest privacy
         * @property {Array.<stimnet.OutputDeclaration.$Properties>} [outputs] JobRequest outputs
         * @property {Array.<stimnet.VariableContract.$Properties>} [contract] JobRequest contract
         * @property {Array.<stimnet.VariableMapping.$Properties>} [mappings] JobRequest mappings
         * @property {boolean} [review] JobRequest review
         * @property {stimnet.AnalysisAbout.$Properties} [about] JobRequest about
         * @property {Array.<string>} [credentials] JobRequest credentials
         * @property {Array.<stimnet.UploadedFile.$Properties>} [uploads] JobRequest uploads
         * @property {string} [carrier] JobRequest carrier
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a JobRequest.
         * @memberof stimnet
         * @interface IJobRequest
         * @augments stimnet.JobRequest.$Properties
         * @deprecated Use stimnet.JobRequest.$Properties instead.
         */

        /**
         * Shape of a JobRequest.
         * @typedef {{
         *   catalog?: string;
         *   purpose?: Array.<string>;
         *   project?: string;
         *   cohort?: stimnet.Filter.$Shape;
         *   program?: stimnet.Program.$Shape;
         *   parametersJson?: string;
         *   filtersJson?: string;
         *   wallTimeMsMax?: number;
         *   custody?: string;
         *   account?: string;
         *   title?: string;
         *   broadcast?: string;
         *   privacy?: stimnet.PrivacyAsk.$Shape;
         *   outputs?: Array.<stimnet.OutputDeclaration.$Shape>;
         *   contract?: Array.<stimnet.VariableContract.$Shape>;
         *   mappings?: Array.<stimnet.VariableMapping.$Shape>;
         *   review?: boolean;
         *   about?: stimnet.AnalysisAbout.$Shape;
         *   credentials?: Array.<string>;
         *   uploads?: Array.<stimnet.UploadedFile.$Shape>;
         *   carrier?: string;
         *   $unknowns?: Array.<Uint8Array>;
         * }} stimnet.JobRequest.$Shape
         */

        /**
         * Constructs a new JobRequest.
         * @memberof stimnet
         * @classdesc Represents a JobRequest.
         * @constructor
         * @param {stimnet.JobRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const JobRequest = function (properties) {
            this.purpose = [];
            this.outputs = [];
            this.contract = [];
            this.mappings = [];
            this.credentials = [];
            this.uploads = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * JobRequest catalog.
         * @member {string} catalog
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.catalog = "";

        /**
         * JobRequest purpose.
         * @member {Array.<string>} purpose
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.purpose = $util.emptyArray;

        /**
         * JobRequest project.
         * @member {string} project
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.project = "";

        /**
         * JobRequest cohort.
         * @member {stimnet.Filter} cohort
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.cohort = null;

        /**
         * JobRequest program.
         * @member {stimnet.Program} program
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.program = null;

        /**
         * JobRequest parametersJson.
         * @member {string} parametersJson
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.parametersJson = "";

        /**
         * JobRequest filtersJson.
         * @member {string} filtersJson
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.filtersJson = "";

        /**
         * JobRequest wallTimeMsMax.
         * @member {number} wallTimeMsMax
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.wallTimeMsMax = 0;

        /**
         * JobRequest custody.
         * @member {string} custody
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.custody = "";

        /**
         * JobRequest account.
         * @member {string} account
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.account = "";

        /**
         * JobRequest title.
         * @member {string} title
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.title = "";

        /**
         * JobRequest broadcast.
         * @member {string} broadcast
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.broadcast = "";

        /**
         * JobRequest privacy.
         * @member {stimnet.PrivacyAsk} privacy
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.privacy = null;

        /**
         * JobRequest outputs.
         * @member {Array.<stimnet.OutputDeclaration>} outputs
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.outputs = $util.emptyArray;

        /**
         * JobRequest contract.
         * @member {Array.<stimnet.VariableContract>} contract
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.contract = $util.emptyArray;

        /**
         * JobRequest mappings.
         * @member {Array.<stimnet.VariableMapping>} mappings
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.mappings = $util.emptyArray;

        /**
         * JobRequest review.
         * @member {boolean} review
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.review = false;

        /**
         * JobRequest about.
         * @member {stimnet.AnalysisAbout} about
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.about = null;

        /**
         * JobRequest credentials.
         * @member {Array.<string>} credentials
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.credentials = $util.emptyArray;

        /**
         * JobRequest uploads.
         * @member {Array.<stimnet.UploadedFile>} uploads
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.uploads = $util.emptyArray;

        /**
         * JobRequest carrier.
         * @member {string} carrier
         * @memberof stimnet.JobRequest
         * @instance
         */
        JobRequest.prototype.carrier = "";

        /**
         * Creates a new JobRequest instance using the specified properties.
         * @function create
         * @memberof stimnet.JobRequest
         * @static
         * @param {stimnet.JobRequest.$Properties=} [properties] Properties to set
         * @returns {stimnet.JobRequest} JobRequest instance
         * @type {{
         *   (properties: stimnet.JobRequest.$Shape): stimnet.JobRequest & stimnet.JobRequest.$Shape;
         *   (properties?: stimnet.JobRequest.$Properties): stimnet.JobRequest;
         * }}
         */
        JobRequest.create = function(properties) {
            return new JobRequest(properties);
        };

        /**
         * Encodes the specified JobRequest message. Does not implicitly {@link stimnet.JobRequest.verify|verify} messages.
         * @function encode
         * @memberof stimnet.JobRequest
         * @static
         * @param {stimnet.JobRequest.$Properties} message JobRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        JobRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.catalog != null && $Object.hasOwnProperty.call(message, "catalog") && message.catalog !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.catalog);
            if (message.purpose != null && message.purpose.length)
                for (let i = 0; i < message.purpose.length; ++i)
                    writer.uint32(/* id 2, wireType 2 =*/18).string(message.purpose[i]);
            if (message.project != null && $Object.hasOwnProperty.call(message, "project") && message.project !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.project);
            if (message.cohort != null && $Object.hasOwnProperty.call(message, "cohort"))
                $root.stimnet.Filter.encode(message.cohort, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.program != null && $Object.hasOwnProperty.call(message, "program"))
                $root.stimnet.Program.encode(message.program, writer.uint32(/* id 5, wireType 2 =*/42).fork(), _depth + 1).ldelim();
            if (message.parametersJson != null && $Object.hasOwnProperty.call(message, "parametersJson") && message.parametersJson !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.parametersJson);
            if (message.filtersJson != null && $Object.hasOwnProperty.call(message, "filtersJson") && message.filtersJson !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.filtersJson);
            if (message.wallTimeMsMax != null && $Object.hasOwnProperty.call(message, "wallTimeMsMax") && message.wallTimeMsMax !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.wallTimeMsMax);
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody") && message.custody !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.custody);
            if (message.account != null && $Object.hasOwnProperty.call(message, "account") && message.account !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.account);
            if (message.title != null && $Object.hasOwnProperty.call(message, "title") && message.title !== "")
                writer.uint32(/* id 11, wireType 2 =*/90).string(message.title);
            if (message.broadcast != null && $Object.hasOwnProperty.call(message, "broadcast") && message.broadcast !== "")
                writer.uint32(/* id 12, wireType 2 =*/98).string(message.broadcast);
            if (message.privacy != null && $Object.hasOwnProperty.call(message, "privacy"))
                $root.stimnet.PrivacyAsk.encode(message.privacy, writer.uint32(/* id 13, wireType 2 =*/106).fork(), _depth + 1).ldelim();
            if (message.outputs != null && message.outputs.length)
                for (let i = 0; i < message.outputs.length; ++i)
                    $root.stimnet.OutputDeclaration.encode(message.outputs[i], writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.contract != null && message.contract.length)
                for (let i = 0; i < message.contract.length; ++i)
                    $root.stimnet.VariableContract.encode(message.contract[i], writer.uint32(/* id 15, wireType 2 =*/122).fork(), _depth + 1).ldelim();
            if (message.mappings != null && message.mappings.length)
                for (let i = 0; i < message.mappings.length; ++i)
                    $root.stimnet.VariableMapping.encode(message.mappings[i], writer.uint32(/* id 16, wireType 2 =*/130).fork(), _depth + 1).ldelim();
            if (message.review != null && $Object.hasOwnProperty.call(message, "review") && message.review !== false)
                writer.uint32(/* id 17, wireType 0 =*/136).bool(message.review);
            if (message.about != null && $Object.hasOwnProperty.call(message, "about"))
                $root.stimnet.AnalysisAbout.encode(message.about, writer.uint32(/* id 18, wireType 2 =*/146).fork(), _depth + 1).ldelim();
            if (message.credentials != null && message.credentials.length)
                for (let i = 0; i < message.credentials.length; ++i)
                    writer.uint32(/* id 19, wireType 2 =*/154).string(message.credentials[i]);
            if (message.uploads != null && message.uploads.length)
                for (let i = 0; i < message.uploads.length; ++i)
                    $root.stimnet.UploadedFile.encode(message.uploads[i], writer.uint32(/* id 20, wireType 2 =*/162).fork(), _depth + 1).ldelim();
            if (message.carrier != null && $Object.hasOwnProperty.call(message, "carrier") && message.carrier !== "")
                writer.uint32(/* id 21, wireType 2 =*/170).string(message.carrier);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a JobRequest message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.JobRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.JobRequest & stimnet.JobRequest.$Shape} JobRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        JobRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.JobRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.catalog = value;
                        else
                            delete message.catalog;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.purpose && message.purpose.length))
                            message.purpose = [];
                        message.purpose.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.project = value;
                        else
                            delete message.project;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.cohort = $root.stimnet.Filter.decode(reader, reader.size(), $undefined, _depth + 1, message.cohort);
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.program = $root.stimnet.Program.decode(reader, reader.size(), $undefined, _depth + 1, message.program);
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.parametersJson = value;
                        else
                            delete message.parametersJson;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.filtersJson = value;
                        else
                            delete message.filtersJson;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.wallTimeMsMax = value;
                        else
                            delete message.wallTimeMsMax;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.custody = value;
                        else
                            delete message.custody;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.account = value;
                        else
                            delete message.account;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.title = value;
                        else
                            delete message.title;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.broadcast = value;
                        else
                            delete message.broadcast;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.privacy = $root.stimnet.PrivacyAsk.decode(reader, reader.size(), $undefined, _depth + 1, message.privacy);
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        if (!(message.outputs && message.outputs.length))
                            message.outputs = [];
                        message.outputs.push($root.stimnet.OutputDeclaration.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if (!(message.contract && message.contract.length))
                            message.contract = [];
                        message.contract.push($root.stimnet.VariableContract.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if (!(message.mappings && message.mappings.length))
                            message.mappings = [];
                        message.mappings.push($root.stimnet.VariableMapping.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.review = value;
                        else
                            delete message.review;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        message.about = $root.stimnet.AnalysisAbout.decode(reader, reader.size(), $undefined, _depth + 1, message.about);
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        if (!(message.credentials && message.credentials.length))
                            message.credentials = [];
                        message.credentials.push(reader.stringVerify());
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if (!(message.uploads && message.uploads.length))
                            message.uploads = [];
                        message.uploads.push($root.stimnet.UploadedFile.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 21: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.carrier = value;
                        else
                            delete message.carrier;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a JobRequest message.
         * @function verify
         * @memberof stimnet.JobRequest
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        JobRequest.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.catalog != null && $Object.hasOwnProperty.call(message, "catalog"))
                if (!$util.isString(message.catalog))
                    return "catalog: string expected";
            if (message.purpose != null && $Object.hasOwnProperty.call(message, "purpose")) {
                if (!$Array.isArray(message.purpose))
                    return "purpose: array expected";
                for (let i = 0; i < message.purpose.length; ++i)
                    if (!$util.isString(message.purpose[i]))
                        return "purpose: string[] expected";
            }
            if (message.project != null && $Object.hasOwnProperty.call(message, "project"))
                if (!$util.isString(message.project))
                    return "project: string expected";
            if (message.cohort != null && $Object.hasOwnProperty.call(message, "cohort")) {
                let error = $root.stimnet.Filter.verify(message.cohort, _depth + 1);
                if (error)
                    return "cohort." + error;
            }
            if (message.program != null && $Object.hasOwnProperty.call(message, "program")) {
                let error = $root.stimnet.Program.verify(message.program, _depth + 1);
                if (error)
                    return "program." + error;
            }
            if (message.parametersJson != null && $Object.hasOwnProperty.call(message, "parametersJson"))
                if (!$util.isString(message.parametersJson))
                    return "parametersJson: string expected";
            if (message.filtersJson != null && $Object.hasOwnProperty.call(message, "filtersJson"))
                if (!$util.isString(message.filtersJson))
                    return "filtersJson: string expected";
            if (message.wallTimeMsMax != null && $Object.hasOwnProperty.call(message, "wallTimeMsMax"))
                if (!$util.isInteger(message.wallTimeMsMax))
                    return "wallTimeMsMax: integer expected";
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody"))
                if (!$util.isString(message.custody))
                    return "custody: string expected";
            if (message.account != null && $Object.hasOwnProperty.call(message, "account"))
                if (!$util.isString(message.account))
                    return "account: string expected";
            if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                if (!$util.isString(message.title))
                    return "title: string expected";
            if (message.broadcast != null && $Object.hasOwnProperty.call(message, "broadcast"))
                if (!$util.isString(message.broadcast))
                    return "broadcast: string expected";
            if (message.privacy != null && $Object.hasOwnProperty.call(message, "privacy")) {
                let error = $root.stimnet.PrivacyAsk.verify(message.privacy, _depth + 1);
                if (error)
                    return "privacy." + error;
            }
            if (message.outputs != null && $Object.hasOwnProperty.call(message, "outputs")) {
                if (!$Array.isArray(message.outputs))
                    return "outputs: array expected";
                for (let i = 0; i < message.outputs.length; ++i) {
                    let error = $root.stimnet.OutputDeclaration.verify(message.outputs[i], _depth + 1);
                    if (error)
                        return "outputs." + error;
                }
            }
            if (message.contract != null && $Object.hasOwnProperty.call(message, "contract")) {
                if (!$Array.isArray(message.contract))
                    return "contract: array expected";
                for (let i = 0; i < message.contract.length; ++i) {
                    let error = $root.stimnet.VariableContract.verify(message.contract[i], _depth + 1);
                    if (error)
                        return "contract." + error;
                }
            }
            if (message.mappings != null && $Object.hasOwnProperty.call(message, "mappings")) {
                if (!$Array.isArray(message.mappings))
                    return "mappings: array expected";
                for (let i = 0; i < message.mappings.length; ++i) {
                    let error = $root.stimnet.VariableMapping.verify(message.mappings[i], _depth + 1);
                    if (error)
                        return "mappings." + error;
                }
            }
            if (message.review != null && $Object.hasOwnProperty.call(message, "review"))
                if (typeof message.review !== "boolean")
                    return "review: boolean expected";
            if (message.about != null && $Object.hasOwnProperty.call(message, "about")) {
                let error = $root.stimnet.AnalysisAbout.verify(message.about, _depth + 1);
                if (error)
                    return "about." + error;
            }
            if (message.credentials != null && $Object.hasOwnProperty.call(message, "credentials")) {
                if (!$Array.isArray(message.credentials))
                    return "credentials: array expected";
                for (let i = 0; i < message.credentials.length; ++i)
                    if (!$util.isString(message.credentials[i]))
                        return "credentials: string[] expected";
            }
            if (message.uploads != null && $Object.hasOwnProperty.call(message, "uploads")) {
                if (!$Array.isArray(message.uploads))
                    return "uploads: array expected";
                for (let i = 0; i < message.uploads.length; ++i) {
                    let error = $root.stimnet.UploadedFile.verify(message.uploads[i], _depth + 1);
                    if (error)
                        return "uploads." + error;
                }
            }
            if (message.carrier != null && $Object.hasOwnProperty.call(message, "carrier"))
                if (!$util.isString(message.carrier))
                    return "carrier: string expected";
            return null;
        };

        /**
         * Creates a JobRequest message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.JobRequest
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.JobRequest} JobRequest
         */
        JobRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.JobRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.JobRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.JobRequest();
            if (object.catalog != null)
                if (typeof object.catalog !== "string" || object.catalog.length)
                    message.catalog = $String(object.catalog);
            if (object.purpose) {
                if (!$Array.isArray(object.purpose))
                    throw $TypeError(".stimnet.JobRequest.purpose: array expected");
                message.purpose = $Array(object.purpose.length);
                for (let i = 0; i < object.purpose.length; ++i)
                    message.purpose[i] = $String(object.purpose[i]);
            }
            if (object.project != null)
                if (typeof object.project !== "string" || object.project.length)
                    message.project = $String(object.project);
            if (object.cohort != null) {
                if (!$util.isObject(object.cohort))
                    throw $TypeError(".stimnet.JobRequest.cohort: object expected");
                message.cohort = $root.stimnet.Filter.fromObject(object.cohort, _depth + 1);
            }
            if (object.program != null) {
                if (!$util.isObject(object.program))
                    throw $TypeError(".stimnet.JobRequest.program: object expected");
                message.program = $root.stimnet.Program.fromObject(object.program, _depth + 1);
            }
            if (object.parametersJson != null)
                if (typeof object.parametersJson !== "string" || object.parametersJson.length)
                    message.parametersJson = $String(object.parametersJson);
            if (object.filtersJson != null)
                if (typeof object.filtersJson !== "string" || object.filtersJson.length)
                    message.filtersJson = $String(object.filtersJson);
            if (object.wallTimeMsMax != null)
                if ($Number(object.wallTimeMsMax) !== 0)
                    message.wallTimeMsMax = object.wallTimeMsMax >>> 0;
            if (object.custody != null)
                if (typeof object.custody !== "string" || object.custody.length)
                    message.custody = $String(object.custody);
            if (object.account != null)
                if (typeof object.account !== "string" || object.account.length)
                    message.account = $String(object.account);
            if (object.title != null)
                if (typeof object.title !== "string" || object.title.length)
                    message.title = $String(object.title);
            if (object.broadcast != null)
                if (typeof object.broadcast !== "string" || object.broadcast.length)
                    message.broadcast = $String(object.broadcast);
            if (object.privacy != null) {
                if (!$util.isObject(object.privacy))
                    throw $TypeError(".stimnet.JobRequest.privacy: object expected");
                message.privacy = $root.stimnet.PrivacyAsk.fromObject(object.privacy, _depth + 1);
            }
            if (object.outputs) {
                if (!$Array.isArray(object.outputs))
                    throw $TypeError(".stimnet.JobRequest.outputs: array expected");
                message.outputs = $Array(object.outputs.length);
                for (let i = 0; i < object.outputs.length; ++i) {
                    if (!$util.isObject(object.outputs[i]))
                        throw $TypeError(".stimnet.JobRequest.outputs: object expected");
                    message.outputs[i] = $root.stimnet.OutputDeclaration.fromObject(object.outputs[i], _depth + 1);
                }
            }
            if (object.contract) {
                if (!$Array.isArray(object.contract))
                    throw $TypeError(".stimnet.JobRequest.contract: array expected");
                message.contract = $Array(object.contract.length);
                for (let i = 0; i < object.contract.length; ++i) {
                    if (!$util.isObject(object.contract[i]))
                        throw $TypeError(".stimnet.JobRequest.contract: object expected");
                    message.contract[i] = $root.stimnet.VariableContract.fromObject(object.contract[i], _depth + 1);
                }
            }
            if (object.mappings) {
                if (!$Array.isArray(object.mappings))
                    throw $TypeError(".stimnet.JobRequest.mappings: array expected");
                message.mappings = $Array(object.mappings.length);
                for (let i = 0; i < object.mappings.length; ++i) {
                    if (!$util.isObject(object.mappings[i]))
                        throw $TypeError(".stimnet.JobRequest.mappings: object expected");
                    message.mappings[i] = $root.stimnet.VariableMapping.fromObject(object.mappings[i], _depth + 1);
                }
            }
            if (object.review != null)
                if (object.review)
                    message.review = $Boolean(object.review);
            if (object.about != null) {
                if (!$util.isObject(object.about))
                    throw $TypeError(".stimnet.JobRequest.about: object expected");
                message.about = $root.stimnet.AnalysisAbout.fromObject(object.about, _depth + 1);
            }
            if (object.credentials) {
                if (!$Array.isArray(object.credentials))
                    throw $TypeError(".stimnet.JobRequest.credentials: array expected");
                message.credentials = $Array(object.credentials.length);
                for (let i = 0; i < object.credentials.length; ++i)
                    message.credentials[i] = $String(object.credentials[i]);
            }
            if (object.uploads) {
                if (!$Array.isArray(object.uploads))
                    throw $TypeError(".stimnet.JobRequest.uploads: array expected");
                message.uploads = $Array(object.uploads.length);
                for (let i = 0; i < object.uploads.length; ++i) {
                    if (!$util.isObject(object.uploads[i]))
                        throw $TypeError(".stimnet.JobRequest.uploads: object expected");
                    message.uploads[i] = $root.stimnet.UploadedFile.fromObject(object.uploads[i], _depth + 1);
                }
            }
            if (object.carrier != null)
                if (typeof object.carrier !== "string" || object.carrier.length)
                    message.carrier = $String(object.carrier);
            return message;
        };

        /**
         * Creates a plain object from a JobRequest message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.JobRequest
         * @static
         * @param {stimnet.JobRequest} message JobRequest
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        JobRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.purpose = [];
                object.outputs = [];
                object.contract = [];
                object.mappings = [];
                object.credentials = [];
                object.uploads = [];
            }
            if (options.defaults) {
                object.catalog = "";
                object.project = "";
                object.cohort = null;
                object.program = null;
                object.parametersJson = "";
                object.filtersJson = "";
                object.wallTimeMsMax = 0;
                object.custody = "";
                object.account = "";
                object.title = "";
                object.broadcast = "";
                object.privacy = null;
                object.review = false;
                object.about = null;
                object.carrier = "";
            }
            if (message.catalog != null && $Object.hasOwnProperty.call(message, "catalog"))
                object.catalog = message.catalog;
            if (message.purpose && message.purpose.length) {
                object.purpose = $Array(message.purpose.length);
                for (let j = 0; j < message.purpose.length; ++j)
                    object.purpose[j] = message.purpose[j];
            }
            if (message.project != null && $Object.hasOwnProperty.call(message, "project"))
                object.project = message.project;
            if (message.cohort != null && $Object.hasOwnProperty.call(message, "cohort"))
                object.cohort = $root.stimnet.Filter.toObject(message.cohort, options, _depth + 1);
            if (message.program != null && $Object.hasOwnProperty.call(message, "program"))
                object.program = $root.stimnet.Program.toObject(message.program, options, _depth + 1);
            if (message.parametersJson != null && $Object.hasOwnProperty.call(message, "parametersJson"))
                object.parametersJson = message.parametersJson;
            if (message.filtersJson != null && $Object.hasOwnProperty.call(message, "filtersJson"))
                object.filtersJson = message.filtersJson;
            if (message.wallTimeMsMax != null && $Object.hasOwnProperty.call(message, "wallTimeMsMax"))
                object.wallTimeMsMax = message.wallTimeMsMax;
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody"))
                object.custody = message.custody;
            if (message.account != null && $Object.hasOwnProperty.call(message, "account"))
                object.account = message.account;
            if (message.title != null && $Object.hasOwnProperty.call(message, "title"))
                object.title = message.title;
            if (message.broadcast != null && $Object.hasOwnProperty.call(message, "broadcast"))
                object.broadcast = message.broadcast;
            if (message.privacy != null && $Object.hasOwnProperty.call(message, "privacy"))
                object.privacy = $root.stimnet.PrivacyAsk.toObject(message.privacy, options, _depth + 1);
            if (message.outputs && message.outputs.length) {
                object.outputs = $Array(message.outputs.length);
                for (let j = 0; j < message.outputs.length; ++j)
                    object.outputs[j] = $root.stimnet.OutputDeclaration.toObject(message.outputs[j], options, _depth + 1);
            }
            if (message.contract && message.contract.length) {
                object.contract = $Array(message.contract.length);
                for (let j = 0; j < message.contract.length; ++j)
                    object.contract[j] = $root.stimnet.VariableContract.toObject(message.contract[j], options, _depth + 1);
            }
            if (message.mappings && message.mappings.length) {
                object.mappings = $Array(message.mappings.length);
                for (let j = 0; j < message.mappings.length; ++j)
                    object.mappings[j] = $root.stimnet.VariableMapping.toObject(message.mappings[j], options, _depth + 1);
            }
            if (message.review != null && $Object.hasOwnProperty.call(message, "review"))
                object.review = message.review;
            if (message.about != null && $Object.hasOwnProperty.call(message, "about"))
                object.about = $root.stimnet.AnalysisAbout.toObject(message.about, options, _depth + 1);
            if (message.credentials && message.credentials.length) {
                object.credentials = $Array(message.credentials.length);
                for (let j = 0; j < message.credentials.length; ++j)
                    object.credentials[j] = message.credentials[j];
            }
            if (message.uploads && message.uploads.length) {
                object.uploads = $Array(message.uploads.length);
                for (let j = 0; j < message.uploads.length; ++j)
                    object.uploads[j] = $root.stimnet.UploadedFile.toObject(message.uploads[j], options, _depth + 1);
            }
            if (message.carrier != null && $Object.hasOwnProperty.call(message, "carrier"))
                object.carrier = message.carrier;
            return object;
        };

        /**
         * Converts this JobRequest to JSON.
         * @function toJSON
         * @memberof stimnet.JobRequest
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        JobRequest.prototype.toJSON = function() {
            return JobRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return JobRequest;
    })();

    stimnet.UploadedFile = (function() {

        /**
         * Properties of an UploadedFile.
         * @typedef {Object} stimnet.UploadedFile.$Properties
         * @property {string} [name] UploadedFile name
         * @property {string} [sha256] UploadedFile sha256
         * @property {number} [size] UploadedFile size
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an UploadedFile.
         * @memberof stimnet
         * @interface IUploadedFile
         * @augments stimnet.UploadedFile.$Properties
         * @deprecated Use stimnet.UploadedFile.$Properties instead.
         */

        /**
         * Shape of an UploadedFile.
         * @typedef {stimnet.UploadedFile.$Properties} stimnet.UploadedFile.$Shape
         */

        /**
         * Constructs a new UploadedFile.
         * @memberof stimnet
         * @classdesc Represents an UploadedFile.
         * @constructor
         * @param {stimnet.UploadedFile.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UploadedFile = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UploadedFile name.
         * @member {string} name
         * @memberof stimnet.UploadedFile
         * @instance
         */
        UploadedFile.prototype.name = "";

        /**
         * UploadedFile sha256.
         * @member {string} sha256
         * @memberof stimnet.UploadedFile
         * @instance
         */
        UploadedFile.prototype.sha256 = "";

        /**
         * UploadedFile size.
         * @member {number} size
         * @memberof stimnet.UploadedFile
         * @instance
         */
        UploadedFile.prototype.size = 0;

        /**
         * Creates a new UploadedFile instance using the specified properties.
         * @function create
         * @memberof stimnet.UploadedFile
         * @static
         * @param {stimnet.UploadedFile.$Properties=} [properties] Properties to set
         * @returns {stimnet.UploadedFile} UploadedFile instance
         * @type {{
         *   (properties: stimnet.UploadedFile.$Shape): stimnet.UploadedFile & stimnet.UploadedFile.$Shape;
         *   (properties?: stimnet.UploadedFile.$Properties): stimnet.UploadedFile;
         * }}
         */
        UploadedFile.create = function(properties) {
            return new UploadedFile(properties);
        };

        /**
         * Encodes the specified UploadedFile message. Does not implicitly {@link stimnet.UploadedFile.verify|verify} messages.
         * @function encode
         * @memberof stimnet.UploadedFile
         * @static
         * @param {stimnet.UploadedFile.$Properties} message UploadedFile message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UploadedFile.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.sha256);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && message.size !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.size);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an UploadedFile message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.UploadedFile
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.UploadedFile & stimnet.UploadedFile.$Shape} UploadedFile
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UploadedFile.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.UploadedFile();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an UploadedFile message.
         * @function verify
         * @memberof stimnet.UploadedFile
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        UploadedFile.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                if (!$util.isString(message.sha256))
                    return "sha256: string expected";
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                if (!$util.isInteger(message.size))
                    return "size: integer expected";
            return null;
        };

        /**
         * Creates an UploadedFile message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.UploadedFile
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.UploadedFile} UploadedFile
         */
        UploadedFile.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.UploadedFile)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.UploadedFile: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.UploadedFile();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.sha256 != null)
                if (typeof object.sha256 !== "string" || object.sha256.length)
                    message.sha256 = $String(object.sha256);
            if (object.size != null)
                if ($Number(object.size) !== 0)
                    message.size = object.size >>> 0;
            return message;
        };

        /**
         * Creates a plain object from an UploadedFile message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.UploadedFile
         * @static
         * @param {stimnet.UploadedFile} message UploadedFile
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        UploadedFile.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.sha256 = "";
                object.size = 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = message.sha256;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                object.size = message.size;
            return object;
        };

        /**
         * Converts this UploadedFile to JSON.
         * @function toJSON
         * @memberof stimnet.UploadedFile
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        UploadedFile.prototype.toJSON = function() {
            return UploadedFile.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UploadedFile;
    })();

    stimnet.UploadAsk = (function() {

        /**
         * Properties of an UploadAsk.
         * @typedef {Object} stimnet.UploadAsk.$Properties
         * @property {string} [requestHash] UploadAsk requestHash
         * @property {string} [sha256] UploadAsk sha256
         * @property {number} [offset] UploadAsk offset
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an UploadAsk.
         * @memberof stimnet
         * @interface IUploadAsk
         * @augments stimnet.UploadAsk.$Properties
         * @deprecated Use stimnet.UploadAsk.$Properties instead.
         */

        /**
         * Shape of an UploadAsk.
         * @typedef {stimnet.UploadAsk.$Properties} stimnet.UploadAsk.$Shape
         */

        /**
         * Constructs a new UploadAsk.
         * @memberof stimnet
         * @classdesc Represents an UploadAsk.
         * @constructor
         * @param {stimnet.UploadAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UploadAsk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UploadAsk requestHash.
         * @member {string} requestHash
         * @memberof stimnet.UploadAsk
         * @instance
         */
        UploadAsk.prototype.requestHash = "";

        /**
         * UploadAsk sha256.
         * @member {string} sha256
         * @memberof stimnet.UploadAsk
         * @instance
         */
        UploadAsk.prototype.sha256 = "";

        /**
         * UploadAsk offset.
         * @member {number} offset
         * @memberof stimnet.UploadAsk
         * @instance
         */
        UploadAsk.prototype.offset = 0;

        /**
         * Creates a new UploadAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.UploadAsk
         * @static
         * @param {stimnet.UploadAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.UploadAsk} UploadAsk instance
         * @type {{
         *   (properties: stimnet.UploadAsk.$Shape): stimnet.UploadAsk & stimnet.UploadAsk.$Shape;
         *   (properties?: stimnet.UploadAsk.$Properties): stimnet.UploadAsk;
         * }}
         */
        UploadAsk.create = function(properties) {
            return new UploadAsk(properties);
        };

        /**
         * Encodes the specified UploadAsk message. Does not implicitly {@link stimnet.UploadAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.UploadAsk
         * @static
         * @param {stimnet.UploadAsk.$Properties} message UploadAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UploadAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash") && message.requestHash !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.requestHash);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256 !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.sha256);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && message.offset !== 0)
                writer.uint32(/* id 3, wireType 0 =*/24).uint32(message.offset);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an UploadAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.UploadAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.UploadAsk & stimnet.UploadAsk.$Shape} UploadAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UploadAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.UploadAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requestHash = value;
                        else
                            delete message.requestHash;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an UploadAsk message.
         * @function verify
         * @memberof stimnet.UploadAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        UploadAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                if (!$util.isString(message.requestHash))
                    return "requestHash: string expected";
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                if (!$util.isString(message.sha256))
                    return "sha256: string expected";
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (!$util.isInteger(message.offset))
                    return "offset: integer expected";
            return null;
        };

        /**
         * Creates an UploadAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.UploadAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.UploadAsk} UploadAsk
         */
        UploadAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.UploadAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.UploadAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.UploadAsk();
            if (object.requestHash != null)
                if (typeof object.requestHash !== "string" || object.requestHash.length)
                    message.requestHash = $String(object.requestHash);
            if (object.sha256 != null)
                if (typeof object.sha256 !== "string" || object.sha256.length)
                    message.sha256 = $String(object.sha256);
            if (object.offset != null)
                if ($Number(object.offset) !== 0)
                    message.offset = object.offset >>> 0;
            return message;
        };

        /**
         * Creates a plain object from an UploadAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.UploadAsk
         * @static
         * @param {stimnet.UploadAsk} message UploadAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        UploadAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.requestHash = "";
                object.sha256 = "";
                object.offset = 0;
            }
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                object.requestHash = message.requestHash;
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = message.sha256;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                object.offset = message.offset;
            return object;
        };

        /**
         * Converts this UploadAsk to JSON.
         * @function toJSON
         * @memberof stimnet.UploadAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        UploadAsk.prototype.toJSON = function() {
            return UploadAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UploadAsk;
    })();

    stimnet.UploadAnswer = (function() {

        /**
         * Properties of an UploadAnswer.
         * @typedef {Object} stimnet.UploadAnswer.$Properties
         * @property {Uint8Array} [piece] UploadAnswer piece
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an UploadAnswer.
         * @memberof stimnet
         * @interface IUploadAnswer
         * @augments stimnet.UploadAnswer.$Properties
         * @deprecated Use stimnet.UploadAnswer.$Properties instead.
         */

        /**
         * Shape of an UploadAnswer.
         * @typedef {stimnet.UploadAnswer.$Properties} stimnet.UploadAnswer.$Shape
         */

        /**
         * Constructs a new UploadAnswer.
         * @memberof stimnet
         * @classdesc Represents an UploadAnswer.
         * @constructor
         * @param {stimnet.UploadAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const UploadAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * UploadAnswer piece.
         * @member {Uint8Array} piece
         * @memberof stimnet.UploadAnswer
         * @instance
         */
        UploadAnswer.prototype.piece = $util.newBuffer([]);

        /**
         * Creates a new UploadAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {stimnet.UploadAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.UploadAnswer} UploadAnswer instance
         * @type {{
         *   (properties: stimnet.UploadAnswer.$Shape): stimnet.UploadAnswer & stimnet.UploadAnswer.$Shape;
         *   (properties?: stimnet.UploadAnswer.$Properties): stimnet.UploadAnswer;
         * }}
         */
        UploadAnswer.create = function(properties) {
            return new UploadAnswer(properties);
        };

        /**
         * Encodes the specified UploadAnswer message. Does not implicitly {@link stimnet.UploadAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {stimnet.UploadAnswer.$Properties} message UploadAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        UploadAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.piece != null && $Object.hasOwnProperty.call(message, "piece") && message.piece.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.piece);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an UploadAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.UploadAnswer & stimnet.UploadAnswer.$Shape} UploadAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        UploadAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.UploadAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.piece = value;
                        else
                            delete message.piece;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an UploadAnswer message.
         * @function verify
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        UploadAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.piece != null && $Object.hasOwnProperty.call(message, "piece"))
                if (!(message.piece && typeof message.piece.length === "number" || $util.isString(message.piece)))
                    return "piece: buffer expected";
            return null;
        };

        /**
         * Creates an UploadAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.UploadAnswer} UploadAnswer
         */
        UploadAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.UploadAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.UploadAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.UploadAnswer();
            if (object.piece != null)
                if (object.piece.length)
                    if (typeof object.piece === "string")
                        $util.base64.decode(object.piece, message.piece = $util.newBuffer($util.base64.length(object.piece)), 0);
                    else if (object.piece.length >= 0)
                        message.piece = object.piece;
            return message;
        };

        /**
         * Creates a plain object from an UploadAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.UploadAnswer
         * @static
         * @param {stimnet.UploadAnswer} message UploadAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        UploadAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.piece = "";
                else {
                    object.piece = [];
                    if (options.bytes !== $Array)
                        object.piece = $util.newBuffer(object.piece);
                }
            if (message.piece != null && $Object.hasOwnProperty.call(message, "piece"))
                object.piece = options.bytes === $String ? $util.base64.encode(message.piece, 0, message.piece.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.piece) : message.piece;
            return object;
        };

        /**
         * Converts this UploadAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.UploadAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        UploadAnswer.prototype.toJSON = function() {
            return UploadAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return UploadAnswer;
    })();

    stimnet.AnalysisAbout = (function() {

        /**
         * Properties of an AnalysisAbout.
         * @typedef {Object} stimnet.AnalysisAbout.$Properties
         * @property {string} [requesterName] AnalysisAbout requesterName
         * @property {string} [requesterInstitution] AnalysisAbout requesterInstitution
         * @property {string} [requesterEmail] AnalysisAbout requesterEmail
         * @property {string} [requesterAffiliation] AnalysisAbout requesterAffiliation
         * @property {string} [description] AnalysisAbout description
         * @property {string} [priority] AnalysisAbout priority
         * @property {string} [estimatedDuration] AnalysisAbout estimatedDuration
         * @property {string} [selectedScore] AnalysisAbout selectedScore
         * @property {string} [selectedTimeline] AnalysisAbout selectedTimeline
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an AnalysisAbout.
         * @memberof stimnet
         * @interface IAnalysisAbout
         * @augments stimnet.AnalysisAbout.$Properties
         * @deprecated Use stimnet.AnalysisAbout.$Properties instead.
         */

        /**
         * Shape of an AnalysisAbout.
         * @typedef {stimnet.AnalysisAbout.$Properties} stimnet.AnalysisAbout.$Shape
         */

        /**
         * Constructs a new AnalysisAbout.
         * @memberof stimnet
         * @classdesc Represents an AnalysisAbout.
         * @constructor
         * @param {stimnet.AnalysisAbout.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const AnalysisAbout = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * AnalysisAbout requesterName.
         * @member {string} requesterName
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.requesterName = "";

        /**
         * AnalysisAbout requesterInstitution.
         * @member {string} requesterInstitution
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.requesterInstitution = "";

        /**
         * AnalysisAbout requesterEmail.
         * @member {string} requesterEmail
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.requesterEmail = "";

        /**
         * AnalysisAbout requesterAffiliation.
         * @member {string} requesterAffiliation
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.requesterAffiliation = "";

        /**
         * AnalysisAbout description.
         * @member {string} description
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.description = "";

        /**
         * AnalysisAbout priority.
         * @member {string} priority
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.priority = "";

        /**
         * AnalysisAbout estimatedDuration.
         * @member {string} estimatedDuration
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.estimatedDuration = "";

        /**
         * AnalysisAbout selectedScore.
         * @member {string} selectedScore
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.selectedScore = "";

        /**
         * AnalysisAbout selectedTimeline.
         * @member {string} selectedTimeline
         * @memberof stimnet.AnalysisAbout
         * @instance
         */
        AnalysisAbout.prototype.selectedTimeline = "";

        /**
         * Creates a new AnalysisAbout instance using the specified properties.
         * @function create
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {stimnet.AnalysisAbout.$Properties=} [properties] Properties to set
         * @returns {stimnet.AnalysisAbout} AnalysisAbout instance
         * @type {{
         *   (properties: stimnet.AnalysisAbout.$Shape): stimnet.AnalysisAbout & stimnet.AnalysisAbout.$Shape;
         *   (properties?: stimnet.AnalysisAbout.$Properties): stimnet.AnalysisAbout;
         * }}
         */
        AnalysisAbout.create = function(properties) {
            return new AnalysisAbout(properties);
        };

        /**
         * Encodes the specified AnalysisAbout message. Does not implicitly {@link stimnet.AnalysisAbout.verify|verify} messages.
         * @function encode
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {stimnet.AnalysisAbout.$Properties} message AnalysisAbout message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        AnalysisAbout.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.requesterName != null && $Object.hasOwnProperty.call(message, "requesterName") && message.requesterName !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.requesterName);
            if (message.requesterInstitution != null && $Object.hasOwnProperty.call(message, "requesterInstitution") && message.requesterInstitution !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.requesterInstitution);
            if (message.requesterEmail != null && $Object.hasOwnProperty.call(message, "requesterEmail") && message.requesterEmail !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.requesterEmail);
            if (message.requesterAffiliation != null && $Object.hasOwnProperty.call(message, "requesterAffiliation") && message.requesterAffiliation !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.requesterAffiliation);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.description);
            if (message.priority != null && $Object.hasOwnProperty.call(message, "priority") && message.priority !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.priority);
            if (message.estimatedDuration != null && $Object.hasOwnProperty.call(message, "estimatedDuration") && message.estimatedDuration !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.estimatedDuration);
            if (message.selectedScore != null && $Object.hasOwnProperty.call(message, "selectedScore") && message.selectedScore !== "")
                writer.uint32(/* id 8, wireType 2 =*/66).string(message.selectedScore);
            if (message.selectedTimeline != null && $Object.hasOwnProperty.call(message, "selectedTimeline") && message.selectedTimeline !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.selectedTimeline);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an AnalysisAbout message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.AnalysisAbout & stimnet.AnalysisAbout.$Shape} AnalysisAbout
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        AnalysisAbout.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.AnalysisAbout();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requesterName = value;
                        else
                            delete message.requesterName;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requesterInstitution = value;
                        else
                            delete message.requesterInstitution;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requesterEmail = value;
                        else
                            delete message.requesterEmail;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requesterAffiliation = value;
                        else
                            delete message.requesterAffiliation;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.priority = value;
                        else
                            delete message.priority;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.estimatedDuration = value;
                        else
                            delete message.estimatedDuration;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.selectedScore = value;
                        else
                            delete message.selectedScore;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.selectedTimeline = value;
                        else
                            delete message.selectedTimeline;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an AnalysisAbout message.
         * @function verify
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        AnalysisAbout.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.requesterName != null && $Object.hasOwnProperty.call(message, "requesterName"))
                if (!$util.isString(message.requesterName))
                    return "requesterName: string expected";
            if (message.requesterInstitution != null && $Object.hasOwnProperty.call(message, "requesterInstitution"))
                if (!$util.isString(message.requesterInstitution))
                    return "requesterInstitution: string expected";
            if (message.requesterEmail != null && $Object.hasOwnProperty.call(message, "requesterEmail"))
                if (!$util.isString(message.requesterEmail))
                    return "requesterEmail: string expected";
            if (message.requesterAffiliation != null && $Object.hasOwnProperty.call(message, "requesterAffiliation"))
                if (!$util.isString(message.requesterAffiliation))
                    return "requesterAffiliation: string expected";
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                if (!$util.isString(message.description))
                    return "description: string expected";
            if (message.priority != null && $Object.hasOwnProperty.call(message, "priority"))
                if (!$util.isString(message.priority))
                    return "priority: string expected";
            if (message.estimatedDuration != null && $Object.hasOwnProperty.call(message, "estimatedDuration"))
                if (!$util.isString(message.estimatedDuration))
                    return "estimatedDuration: string expected";
            if (message.selectedScore != null && $Object.hasOwnProperty.call(message, "selectedScore"))
                if (!$util.isString(message.selectedScore))
                    return "selectedScore: string expected";
            if (message.selectedTimeline != null && $Object.hasOwnProperty.call(message, "selectedTimeline"))
                if (!$util.isString(message.selectedTimeline))
                    return "selectedTimeline: string expected";
            return null;
        };

        /**
         * Creates an AnalysisAbout message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.AnalysisAbout} AnalysisAbout
         */
        AnalysisAbout.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.AnalysisAbout)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.AnalysisAbout: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.AnalysisAbout();
            if (object.requesterName != null)
                if (typeof object.requesterName !== "string" || object.requesterName.length)
                    message.requesterName = $String(object.requesterName);
            if (object.requesterInstitution != null)
                if (typeof object.requesterInstitution !== "string" || object.requesterInstitution.length)
                    message.requesterInstitution = $String(object.requesterInstitution);
            if (object.requesterEmail != null)
                if (typeof object.requesterEmail !== "string" || object.requesterEmail.length)
                    message.requesterEmail = $String(object.requesterEmail);
            if (object.requesterAffiliation != null)
                if (typeof object.requesterAffiliation !== "string" || object.requesterAffiliation.length)
                    message.requesterAffiliation = $String(object.requesterAffiliation);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.priority != null)
                if (typeof object.priority !== "string" || object.priority.length)
                    message.priority = $String(object.priority);
            if (object.estimatedDuration != null)
                if (typeof object.estimatedDuration !== "string" || object.estimatedDuration.length)
                    message.estimatedDuration = $String(object.estimatedDuration);
            if (object.selectedScore != null)
                if (typeof object.selectedScore !== "string" || object.selectedScore.length)
                    message.selectedScore = $String(object.selectedScore);
            if (object.selectedTimeline != null)
                if (typeof object.selectedTimeline !== "string" || object.selectedTimeline.length)
                    message.selectedTimeline = $String(object.selectedTimeline);
            return message;
        };

        /**
         * Creates a plain object from an AnalysisAbout message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.AnalysisAbout
         * @static
         * @param {stimnet.AnalysisAbout} message AnalysisAbout
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        AnalysisAbout.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.requesterName = "";
                object.requesterInstitution = "";
                object.requesterEmail = "";
                object.requesterAffiliation = "";
                object.description = "";
                object.priority = "";
                object.estimatedDuration = "";
                object.selectedScore = "";
                object.selectedTimeline = "";
            }
            if (message.requesterName != null && $Object.hasOwnProperty.call(message, "requesterName"))
                object.requesterName = message.requesterName;
            if (message.requesterInstitution != null && $Object.hasOwnProperty.call(message, "requesterInstitution"))
                object.requesterInstitution = message.requesterInstitution;
            if (message.requesterEmail != null && $Object.hasOwnProperty.call(message, "requesterEmail"))
                object.requesterEmail = message.requesterEmail;
            if (message.requesterAffiliation != null && $Object.hasOwnProperty.call(message, "requesterAffiliation"))
                object.requesterAffiliation = message.requesterAffiliation;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.priority != null && $Object.hasOwnProperty.call(message, "priority"))
                object.priority = message.priority;
            if (message.estimatedDuration != null && $Object.hasOwnProperty.call(message, "estimatedDuration"))
                object.estimatedDuration = message.estimatedDuration;
            if (message.selectedScore != null && $Object.hasOwnProperty.call(message, "selectedScore"))
                object.selectedScore = message.selectedScore;
            if (message.selectedTimeline != null && $Object.hasOwnProperty.call(message, "selectedTimeline"))
                object.selectedTimeline = message.selectedTimeline;
            return object;
        };

        /**
         * Converts this AnalysisAbout to JSON.
         * @function toJSON
         * @memberof stimnet.AnalysisAbout
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        AnalysisAbout.prototype.toJSON = function() {
            return AnalysisAbout.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AnalysisAbout;
    })();

    stimnet.PrivacyAsk = (function() {

        /**
         * Properties of a PrivacyAsk.
         * @typedef {Object} stimnet.PrivacyAsk.$Properties
         * @property {string} [level] PrivacyAsk level
         * @property {string} [epsilon] PrivacyAsk epsilon
         * @property {string} [rho] PrivacyAsk rho
         * @property {number} [groupsPerSubject] PrivacyAsk groupsPerSubject
         * @property {number} [rowsPerSubject] PrivacyAsk rowsPerSubject
         * @property {Array.<stimnet.VariableBounds.$Properties>} [bounds] PrivacyAsk bounds
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a PrivacyAsk.
         * @memberof stimnet
         * @interface IPrivacyAsk
         * @augments stimnet.PrivacyAsk.$Properties
         * @deprecated Use stimnet.PrivacyAsk.$Properties instead.
         */

        /**
         * Shape of a PrivacyAsk.
         * @typedef {stimnet.PrivacyAsk.$Properties} stimnet.PrivacyAsk.$Shape
         */

        /**
         * Constructs a new PrivacyAsk.
         * @memberof stimnet
         * @classdesc Represents a PrivacyAsk.
         * @constructor
         * @param {stimnet.PrivacyAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const PrivacyAsk = function (properties) {
            this.bounds = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * PrivacyAsk level.
         * @member {string} level
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.level = "";

        /**
         * PrivacyAsk epsilon.
         * @member {string} epsilon
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.epsilon = "";

        /**
         * PrivacyAsk rho.
         * @member {string} rho
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.rho = "";

        /**
         * PrivacyAsk groupsPerSubject.
         * @member {number} groupsPerSubject
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.groupsPerSubject = 0;

        /**
         * PrivacyAsk rowsPerSubject.
         * @member {number} rowsPerSubject
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.rowsPerSubject = 0;

        /**
         * PrivacyAsk bounds.
         * @member {Array.<stimnet.VariableBounds>} bounds
         * @memberof stimnet.PrivacyAsk
         * @instance
         */
        PrivacyAsk.prototype.bounds = $util.emptyArray;

        /**
         * Creates a new PrivacyAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {stimnet.PrivacyAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.PrivacyAsk} PrivacyAsk instance
         * @type {{
         *   (properties: stimnet.PrivacyAsk.$Shape): stimnet.PrivacyAsk & stimnet.PrivacyAsk.$Shape;
         *   (properties?: stimnet.PrivacyAsk.$Properties): stimnet.PrivacyAsk;
         * }}
         */
        PrivacyAsk.create = function(properties) {
            return new PrivacyAsk(properties);
        };

        /**
         * Encodes the specified PrivacyAsk message. Does not implicitly {@link stimnet.PrivacyAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {stimnet.PrivacyAsk.$Properties} message PrivacyAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        PrivacyAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.level != null && $Object.hasOwnProperty.call(message, "level") && message.level !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.level);
            if (message.epsilon != null && $Object.hasOwnProperty.call(message, "epsilon") && message.epsilon !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.epsilon);
            if (message.rho != null && $Object.hasOwnProperty.call(message, "rho") && message.rho !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.rho);
            if (message.groupsPerSubject != null && $Object.hasOwnProperty.call(message, "groupsPerSubject") && message.groupsPerSubject !== 0)
                writer.uint32(/* id 4, wireType 0 =*/32).uint32(message.groupsPerSubject);
            if (message.rowsPerSubject != null && $Object.hasOwnProperty.call(message, "rowsPerSubject") && message.rowsPerSubject !== 0)
                writer.uint32(/* id 5, wireType 0 =*/40).uint32(message.rowsPerSubject);
            if (message.bounds != null && message.bounds.length)
                for (let i = 0; i < message.bounds.length; ++i)
                    $root.stimnet.VariableBounds.encode(message.bounds[i], writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a PrivacyAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.PrivacyAsk & stimnet.PrivacyAsk.$Shape} PrivacyAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        PrivacyAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.PrivacyAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.level = value;
                        else
                            delete message.level;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.epsilon = value;
                        else
                            delete message.epsilon;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.rho = value;
                        else
                            delete message.rho;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.groupsPerSubject = value;
                        else
                            delete message.groupsPerSubject;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.rowsPerSubject = value;
                        else
                            delete message.rowsPerSubject;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.bounds && message.bounds.length))
                            message.bounds = [];
                        message.bounds.push($root.stimnet.VariableBounds.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a PrivacyAsk message.
         * @function verify
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        PrivacyAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.level != null && $Object.hasOwnProperty.call(message, "level"))
                if (!$util.isString(message.level))
                    return "level: string expected";
            if (message.epsilon != null && $Object.hasOwnProperty.call(message, "epsilon"))
                if (!$util.isString(message.epsilon))
                    return "epsilon: string expected";
            if (message.rho != null && $Object.hasOwnProperty.call(message, "rho"))
                if (!$util.isString(message.rho))
                    return "rho: string expected";
            if (message.groupsPerSubject != null && $Object.hasOwnProperty.call(message, "groupsPerSubject"))
                if (!$util.isInteger(message.groupsPerSubject))
                    return "groupsPerSubject: integer expected";
            if (message.rowsPerSubject != null && $Object.hasOwnProperty.call(message, "rowsPerSubject"))
                if (!$util.isInteger(message.rowsPerSubject))
                    return "rowsPerSubject: integer expected";
            if (message.bounds != null && $Object.hasOwnProperty.call(message, "bounds")) {
                if (!$Array.isArray(message.bounds))
                    return "bounds: array expected";
                for (let i = 0; i < message.bounds.length; ++i) {
                    let error = $root.stimnet.VariableBounds.verify(message.bounds[i], _depth + 1);
                    if (error)
                        return "bounds." + error;
                }
            }
            return null;
        };

        /**
         * Creates a PrivacyAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.PrivacyAsk} PrivacyAsk
         */
        PrivacyAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.PrivacyAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.PrivacyAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.PrivacyAsk();
            if (object.level != null)
                if (typeof object.level !== "string" || object.level.length)
                    message.level = $String(object.level);
            if (object.epsilon != null)
                if (typeof object.epsilon !== "string" || object.epsilon.length)
                    message.epsilon = $String(object.epsilon);
            if (object.rho != null)
                if (typeof object.rho !== "string" || object.rho.length)
                    message.rho = $String(object.rho);
            if (object.groupsPerSubject != null)
                if ($Number(object.groupsPerSubject) !== 0)
                    message.groupsPerSubject = object.groupsPerSubject >>> 0;
            if (object.rowsPerSubject != null)
                if ($Number(object.rowsPerSubject) !== 0)
                    message.rowsPerSubject = object.rowsPerSubject >>> 0;
            if (object.bounds) {
                if (!$Array.isArray(object.bounds))
                    throw $TypeError(".stimnet.PrivacyAsk.bounds: array expected");
                message.bounds = $Array(object.bounds.length);
                for (let i = 0; i < object.bounds.length; ++i) {
                    if (!$util.isObject(object.bounds[i]))
                        throw $TypeError(".stimnet.PrivacyAsk.bounds: object expected");
                    message.bounds[i] = $root.stimnet.VariableBounds.fromObject(object.bounds[i], _depth + 1);
                }
            }
            return message;
        };

        /**
         * Creates a plain object from a PrivacyAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.PrivacyAsk
         * @static
         * @param {stimnet.PrivacyAsk} message PrivacyAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        PrivacyAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.bounds = [];
            if (options.defaults) {
                object.level = "";
                object.epsilon = "";
                object.rho = "";
                object.groupsPerSubject = 0;
                object.rowsPerSubject = 0;
            }
            if (message.level != null && $Object.hasOwnProperty.call(message, "level"))
                object.level = message.level;
            if (message.epsilon != null && $Object.hasOwnProperty.call(message, "epsilon"))
                object.epsilon = message.epsilon;
            if (message.rho != null && $Object.hasOwnProperty.call(message, "rho"))
                object.rho = message.rho;
            if (message.groupsPerSubject != null && $Object.hasOwnProperty.call(message, "groupsPerSubject"))
                object.groupsPerSubject = message.groupsPerSubject;
            if (message.rowsPerSubject != null && $Object.hasOwnProperty.call(message, "rowsPerSubject"))
                object.rowsPerSubject = message.rowsPerSubject;
            if (message.bounds && message.bounds.length) {
                object.bounds = $Array(message.bounds.length);
                for (let j = 0; j < message.bounds.length; ++j)
                    object.bounds[j] = $root.stimnet.VariableBounds.toObject(message.bounds[j], options, _depth + 1);
            }
            return object;
        };

        /**
         * Converts this PrivacyAsk to JSON.
         * @function toJSON
         * @memberof stimnet.PrivacyAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        PrivacyAsk.prototype.toJSON = function() {
            return PrivacyAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return PrivacyAsk;
    })();

    stimnet.VariableBounds = (function() {

        /**
         * Properties of a VariableBounds.
         * @typedef {Object} stimnet.VariableBounds.$Properties
         * @property {string} [variable] VariableBounds variable
         * @property {string} [lower] VariableBounds lower
         * @property {string} [upper] VariableBounds upper
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VariableBounds.
         * @memberof stimnet
         * @interface IVariableBounds
         * @augments stimnet.VariableBounds.$Properties
         * @deprecated Use stimnet.VariableBounds.$Properties instead.
         */

        /**
         * Shape of a VariableBounds.
         * @typedef {stimnet.VariableBounds.$Properties} stimnet.VariableBounds.$Shape
         */

        /**
         * Constructs a new VariableBounds.
         * @memberof stimnet
         * @classdesc Represents a VariableBounds.
         * @constructor
         * @param {stimnet.VariableBounds.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VariableBounds = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VariableBounds variable.
         * @member {string} variable
         * @memberof stimnet.VariableBounds
         * @instance
         */
        VariableBounds.prototype.variable = "";

        /**
         * VariableBounds lower.
         * @member {string} lower
         * @memberof stimnet.VariableBounds
         * @instance
         */
        VariableBounds.prototype.lower = "";

        /**
         * VariableBounds upper.
         * @member {string} upper
         * @memberof stimnet.VariableBounds
         * @instance
         */
        VariableBounds.prototype.upper = "";

        /**
         * Creates a new VariableBounds instance using the specified properties.
         * @function create
         * @memberof stimnet.VariableBounds
         * @static
         * @param {stimnet.VariableBounds.$Properties=} [properties] Properties to set
         * @returns {stimnet.VariableBounds} VariableBounds instance
         * @type {{
         *   (properties: stimnet.VariableBounds.$Shape): stimnet.VariableBounds & stimnet.VariableBounds.$Shape;
         *   (properties?: stimnet.VariableBounds.$Properties): stimnet.VariableBounds;
         * }}
         */
        VariableBounds.create = function(properties) {
            return new VariableBounds(properties);
        };

        /**
         * Encodes the specified VariableBounds message. Does not implicitly {@link stimnet.VariableBounds.verify|verify} messages.
         * @function encode
         * @memberof stimnet.VariableBounds
         * @static
         * @param {stimnet.VariableBounds.$Properties} message VariableBounds message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VariableBounds.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable") && message.variable !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.variable);
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower") && message.lower !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.lower);
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper") && message.upper !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.upper);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VariableBounds message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.VariableBounds
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.VariableBounds & stimnet.VariableBounds.$Shape} VariableBounds
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VariableBounds.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.VariableBounds();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.variable = value;
                        else
                            delete message.variable;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.lower = value;
                        else
                            delete message.lower;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.upper = value;
                        else
                            delete message.upper;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a VariableBounds message.
         * @function verify
         * @memberof stimnet.VariableBounds
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        VariableBounds.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                if (!$util.isString(message.variable))
                    return "variable: string expected";
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower"))
                if (!$util.isString(message.lower))
                    return "lower: string expected";
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper"))
                if (!$util.isString(message.upper))
                    return "upper: string expected";
            return null;
        };

        /**
         * Creates a VariableBounds message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.VariableBounds
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.VariableBounds} VariableBounds
         */
        VariableBounds.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.VariableBounds)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.VariableBounds: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.VariableBounds();
            if (object.variable != null)
                if (typeof object.variable !== "string" || object.variable.length)
                    message.variable = $String(object.variable);
            if (object.lower != null)
                if (typeof object.lower !== "string" || object.lower.length)
                    message.lower = $String(object.lower);
            if (object.upper != null)
                if (typeof object.upper !== "string" || object.upper.length)
                    message.upper = $String(object.upper);
            return message;
        };

        /**
         * Creates a plain object from a VariableBounds message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.VariableBounds
         * @static
         * @param {stimnet.VariableBounds} message VariableBounds
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        VariableBounds.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.variable = "";
                object.lower = "";
                object.upper = "";
            }
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                object.variable = message.variable;
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower"))
                object.lower = message.lower;
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper"))
                object.upper = message.upper;
            return object;
        };

        /**
         * Converts this VariableBounds to JSON.
         * @function toJSON
         * @memberof stimnet.VariableBounds
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        VariableBounds.prototype.toJSON = function() {
            return VariableBounds.toObject(this, $protobuf.util.toJSONOptions);
        };

        return VariableBounds;
    })();

    stimnet.OutputDeclaration = (function() {

        /**
         * Properties of an OutputDeclaration.
         * @typedef {Object} stimnet.OutputDeclaration.$Properties
         * @property {string} [name] OutputDeclaration name
         * @property {string} [kind] OutputDeclaration kind
         * @property {Array.<string>} [categories] OutputDeclaration categories
         * @property {Array.<number>} [edges] OutputDeclaration edges
         * @property {string} [lower] OutputDeclaration lower
         * @property {string} [upper] OutputDeclaration upper
         * @property {Array.<string>} [terms] OutputDeclaration terms
         * @property {number} [digits] OutputDeclaration digits
         * @property {string} [unit] OutputDeclaration unit
         * @property {string} [of] OutputDeclaration of
         * @property {string} [category] OutputDeclaration category
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an OutputDeclaration.
         * @memberof stimnet
         * @interface IOutputDeclaration
         * @augments stimnet.OutputDeclaration.$Properties
         * @deprecated Use stimnet.OutputDeclaration.$Properties instead.
         */

        /**
         * Shape of an OutputDeclaration.
         * @typedef {stimnet.OutputDeclaration.$Properties} stimnet.OutputDeclaration.$Shape
         */

        /**
         * Constructs a new OutputDeclaration.
         * @memberof stimnet
         * @classdesc Represents an OutputDeclaration.
         * @constructor
         * @param {stimnet.OutputDeclaration.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const OutputDeclaration = function (properties) {
            this.categories = [];
            this.edges = [];
            this.terms = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * OutputDeclaration name.
         * @member {string} name
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.name = "";

        /**
         * OutputDeclaration kind.
         * @member {string} kind
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.kind = "";

        /**
         * OutputDeclaration categories.
         * @member {Array.<string>} categories
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.categories = $util.emptyArray;

        /**
         * OutputDeclaration edges.
         * @member {Array.<number>} edges
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.edges = $util.emptyArray;

        /**
         * OutputDeclaration lower.
         * @member {string} lower
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.lower = "";

        /**
         * OutputDeclaration upper.
         * @member {string} upper
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.upper = "";

        /**
         * OutputDeclaration terms.
         * @member {Array.<string>} terms
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.terms = $util.emptyArray;

        /**
         * OutputDeclaration digits.
         * @member {number} digits
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.digits = 0;

        /**
         * OutputDeclaration unit.
         * @member {string} unit
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.unit = "";

        /**
         * OutputDeclaration of.
         * @member {string} of
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.of = "";

        /**
         * OutputDeclaration category.
         * @member {string} category
         * @memberof stimnet.OutputDeclaration
         * @instance
         */
        OutputDeclaration.prototype.category = "";

        /**
         * Creates a new OutputDeclaration instance using the specified properties.
         * @function create
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {stimnet.OutputDeclaration.$Properties=} [properties] Properties to set
         * @returns {stimnet.OutputDeclaration} OutputDeclaration instance
         * @type {{
         *   (properties: stimnet.OutputDeclaration.$Shape): stimnet.OutputDeclaration & stimnet.OutputDeclaration.$Shape;
         *   (properties?: stimnet.OutputDeclaration.$Properties): stimnet.OutputDeclaration;
         * }}
         */
        OutputDeclaration.create = function(properties) {
            return new OutputDeclaration(properties);
        };

        /**
         * Encodes the specified OutputDeclaration message. Does not implicitly {@link stimnet.OutputDeclaration.verify|verify} messages.
         * @function encode
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {stimnet.OutputDeclaration.$Properties} message OutputDeclaration message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        OutputDeclaration.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.kind);
            if (message.categories != null && message.categories.length)
                for (let i = 0; i < message.categories.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.categories[i]);
            if (message.edges != null && message.edges.length)
                writer.uint32(/* id 4, wireType 2 =*/34).doubles(message.edges);
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower") && message.lower !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.lower);
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper") && message.upper !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.upper);
            if (message.terms != null && message.terms.length)
                for (let i = 0; i < message.terms.length; ++i)
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.terms[i]);
            if (message.digits != null && $Object.hasOwnProperty.call(message, "digits") && message.digits !== 0)
                writer.uint32(/* id 8, wireType 0 =*/64).uint32(message.digits);
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit") && message.unit !== "")
                writer.uint32(/* id 9, wireType 2 =*/74).string(message.unit);
            if (message.of != null && $Object.hasOwnProperty.call(message, "of") && message.of !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.of);
            if (message.category != null && $Object.hasOwnProperty.call(message, "category") && message.category !== "")
                writer.uint32(/* id 11, wireType 2 =*/90).string(message.category);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an OutputDeclaration message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.OutputDeclaration & stimnet.OutputDeclaration.$Shape} OutputDeclaration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        OutputDeclaration.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.OutputDeclaration();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.kind = value;
                        else
                            delete message.kind;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.categories && message.categories.length))
                            message.categories = [];
                        message.categories.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.edges && message.edges.length))
                                message.edges = [];
                            reader.doubles(message.edges);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.edges && message.edges.length))
                            message.edges = [];
                        message.edges.push(reader.double());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.lower = value;
                        else
                            delete message.lower;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.upper = value;
                        else
                            delete message.upper;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.terms && message.terms.length))
                            message.terms = [];
                        message.terms.push(reader.stringVerify());
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.digits = value;
                        else
                            delete message.digits;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.unit = value;
                        else
                            delete message.unit;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.of = value;
                        else
                            delete message.of;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.category = value;
                        else
                            delete message.category;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an OutputDeclaration message.
         * @function verify
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        OutputDeclaration.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                if (!$util.isString(message.kind))
                    return "kind: string expected";
            if (message.categories != null && $Object.hasOwnProperty.call(message, "categories")) {
                if (!$Array.isArray(message.categories))
                    return "categories: array expected";
                for (let i = 0; i < message.categories.length; ++i)
                    if (!$util.isString(message.categories[i]))
                        return "categories: string[] expected";
            }
            if (message.edges != null && $Object.hasOwnProperty.call(message, "edges")) {
                if (!$Array.isArray(message.edges))
                    return "edges: array expected";
                for (let i = 0; i < message.edges.length; ++i)
                    if (typeof message.edges[i] !== "number")
                        return "edges: number[] expected";
            }
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower"))
                if (!$util.isString(message.lower))
                    return "lower: string expected";
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper"))
                if (!$util.isString(message.upper))
                    return "upper: string expected";
            if (message.terms != null && $Object.hasOwnProperty.call(message, "terms")) {
                if (!$Array.isArray(message.terms))
                    return "terms: array expected";
                for (let i = 0; i < message.terms.length; ++i)
                    if (!$util.isString(message.terms[i]))
                        return "terms: string[] expected";
            }
            if (message.digits != null && $Object.hasOwnProperty.call(message, "digits"))
                if (!$util.isInteger(message.digits))
                    return "digits: integer expected";
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                if (!$util.isString(message.unit))
                    return "unit: string expected";
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                if (!$util.isString(message.of))
                    return "of: string expected";
            if (message.category != null && $Object.hasOwnProperty.call(message, "category"))
                if (!$util.isString(message.category))
                    return "category: string expected";
            return null;
        };

        /**
         * Creates an OutputDeclaration message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.OutputDeclaration} OutputDeclaration
         */
        OutputDeclaration.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.OutputDeclaration)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.OutputDeclaration: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.OutputDeclaration();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.kind != null)
                if (typeof object.kind !== "string" || object.kind.length)
                    message.kind = $String(object.kind);
            if (object.categories) {
                if (!$Array.isArray(object.categories))
                    throw $TypeError(".stimnet.OutputDeclaration.categories: array expected");
                message.categories = $Array(object.categories.length);
                for (let i = 0; i < object.categories.length; ++i)
                    message.categories[i] = $String(object.categories[i]);
            }
            if (object.edges) {
                if (!$Array.isArray(object.edges))
                    throw $TypeError(".stimnet.OutputDeclaration.edges: array expected");
                message.edges = $Array(object.edges.length);
                for (let i = 0; i < object.edges.length; ++i)
                    message.edges[i] = $Number(object.edges[i]);
            }
            if (object.lower != null)
                if (typeof object.lower !== "string" || object.lower.length)
                    message.lower = $String(object.lower);
            if (object.upper != null)
                if (typeof object.upper !== "string" || object.upper.length)
                    message.upper = $String(object.upper);
            if (object.terms) {
                if (!$Array.isArray(object.terms))
                    throw $TypeError(".stimnet.OutputDeclaration.terms: array expected");
                message.terms = $Array(object.terms.length);
                for (let i = 0; i < object.terms.length; ++i)
                    message.terms[i] = $String(object.terms[i]);
            }
            if (object.digits != null)
                if ($Number(object.digits) !== 0)
                    message.digits = object.digits >>> 0;
            if (object.unit != null)
                if (typeof object.unit !== "string" || object.unit.length)
                    message.unit = $String(object.unit);
            if (object.of != null)
                if (typeof object.of !== "string" || object.of.length)
                    message.of = $String(object.of);
            if (object.category != null)
                if (typeof object.category !== "string" || object.category.length)
                    message.category = $String(object.category);
            return message;
        };

        /**
         * Creates a plain object from an OutputDeclaration message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.OutputDeclaration
         * @static
         * @param {stimnet.OutputDeclaration} message OutputDeclaration
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        OutputDeclaration.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.categories = [];
                object.edges = [];
                object.terms = [];
            }
            if (options.defaults) {
                object.name = "";
                object.kind = "";
                object.lower = "";
                object.upper = "";
                object.digits = 0;
                object.unit = "";
                object.of = "";
                object.category = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.kind != null && $Object.hasOwnProperty.call(message, "kind"))
                object.kind = message.kind;
            if (message.categories && message.categories.length) {
                object.categories = $Array(message.categories.length);
                for (let j = 0; j < message.categories.length; ++j)
                    object.categories[j] = message.categories[j];
            }
            if (message.edges && message.edges.length) {
                object.edges = $Array(message.edges.length);
                for (let j = 0; j < message.edges.length; ++j)
                    object.edges[j] = options.json && !$isFinite(message.edges[j]) ? $String(message.edges[j]) : message.edges[j];
            }
            if (message.lower != null && $Object.hasOwnProperty.call(message, "lower"))
                object.lower = message.lower;
            if (message.upper != null && $Object.hasOwnProperty.call(message, "upper"))
                object.upper = message.upper;
            if (message.terms && message.terms.length) {
                object.terms = $Array(message.terms.length);
                for (let j = 0; j < message.terms.length; ++j)
                    object.terms[j] = message.terms[j];
            }
            if (message.digits != null && $Object.hasOwnProperty.call(message, "digits"))
                object.digits = message.digits;
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                object.unit = message.unit;
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                object.of = message.of;
            if (message.category != null && $Object.hasOwnProperty.call(message, "category"))
                object.category = message.category;
            return object;
        };

        /**
         * Converts this OutputDeclaration to JSON.
         * @function toJSON
         * @memberof stimnet.OutputDeclaration
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        OutputDeclaration.prototype.toJSON = function() {
            return OutputDeclaration.toObject(this, $protobuf.util.toJSONOptions);
        };

        return OutputDeclaration;
    })();

    stimnet.VariableContract = (function() {

        /**
         * Properties of a VariableContract.
         * @typedef {Object} stimnet.VariableContract.$Properties
         * @property {string} [variable] VariableContract variable
         * @property {string} [type] VariableContract type
         * @property {string} [unit] VariableContract unit
         * @property {Array.<string>} [levels] VariableContract levels
         * @property {Array.<number>} [breakpoints] VariableContract breakpoints
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VariableContract.
         * @memberof stimnet
         * @interface IVariableContract
         * @augments stimnet.VariableContract.$Properties
         * @deprecated Use stimnet.VariableContract.$Properties instead.
         */

        /**
         * Shape of a VariableContract.
         * @typedef {stimnet.VariableContract.$Properties} stimnet.VariableContract.$Shape
         */

        /**
         * Constructs a new VariableContract.
         * @memberof stimnet
         * @classdesc Represents a VariableContract.
         * @constructor
         * @param {stimnet.VariableContract.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VariableContract = function (properties) {
            this.levels = [];
            this.breakpoints = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VariableContract variable.
         * @member {string} variable
         * @memberof stimnet.VariableContract
         * @instance
         */
        VariableContract.prototype.variable = "";

        /**
         * VariableContract type.
         * @member {string} type
         * @memberof stimnet.VariableContract
         * @instance
         */
        VariableContract.prototype.type = "";

        /**
         * VariableContract unit.
         * @member {string} unit
         * @memberof stimnet.VariableContract
         * @instance
         */
        VariableContract.prototype.unit = "";

        /**
         * VariableContract levels.
         * @member {Array.<string>} levels
         * @memberof stimnet.VariableContract
         * @instance
         */
        VariableContract.prototype.levels = $util.emptyArray;

        /**
         * VariableContract breakpoints.
         * @member {Array.<number>} breakpoints
         * @memberof stimnet.VariableContract
         * @instance
         */
        VariableContract.prototype.breakpoints = $util.emptyArray;

        /**
         * Creates a new VariableContract instance using the specified properties.
         * @function create
         * @memberof stimnet.VariableContract
         * @static
         * @param {stimnet.VariableContract.$Properties=} [properties] Properties to set
         * @returns {stimnet.VariableContract} VariableContract instance
         * @type {{
         *   (properties: stimnet.VariableContract.$Shape): stimnet.VariableContract & stimnet.VariableContract.$Shape;
         *   (properties?: stimnet.VariableContract.$Properties): stimnet.VariableContract;
         * }}
         */
        VariableContract.create = function(properties) {
            return new VariableContract(properties);
        };

        /**
         * Encodes the specified VariableContract message. Does not implicitly {@link stimnet.VariableContract.verify|verify} messages.
         * @function encode
         * @memberof stimnet.VariableContract
         * @static
         * @param {stimnet.VariableContract.$Properties} message VariableContract message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VariableContract.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable") && message.variable !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.variable);
            if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.type);
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit") && message.unit !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.unit);
            if (message.levels != null && message.levels.length)
                for (let i = 0; i < message.levels.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.levels[i]);
            if (message.breakpoints != null && message.breakpoints.length)
                writer.uint32(/* id 5, wireType 2 =*/42).doubles(message.breakpoints);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VariableContract message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.VariableContract
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.VariableContract & stimnet.VariableContract.$Shape} VariableContract
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VariableContract.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.VariableContract();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.variable = value;
                        else
                            delete message.variable;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.type = value;
                        else
                            delete message.type;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.unit = value;
                        else
                            delete message.unit;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.levels && message.levels.length))
                            message.levels = [];
                        message.levels.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType === 2) {
                            if (!(message.breakpoints && message.breakpoints.length))
                                message.breakpoints = [];
                            reader.doubles(message.breakpoints);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.breakpoints && message.breakpoints.length))
                            message.breakpoints = [];
                        message.breakpoints.push(reader.double());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a VariableContract message.
         * @function verify
         * @memberof stimnet.VariableContract
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        VariableContract.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                if (!$util.isString(message.variable))
                    return "variable: string expected";
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                if (!$util.isString(message.type))
                    return "type: string expected";
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                if (!$util.isString(message.unit))
                    return "unit: string expected";
            if (message.levels != null && $Object.hasOwnProperty.call(message, "levels")) {
                if (!$Array.isArray(message.levels))
                    return "levels: array expected";
                for (let i = 0; i < message.levels.length; ++i)
                    if (!$util.isString(message.levels[i]))
                        return "levels: string[] expected";
            }
            if (message.breakpoints != null && $Object.hasOwnProperty.call(message, "breakpoints")) {
                if (!$Array.isArray(message.breakpoints))
                    return "breakpoints: array expected";
                for (let i = 0; i < message.breakpoints.length; ++i)
                    if (typeof message.breakpoints[i] !== "number")
                        return "breakpoints: number[] expected";
            }
            return null;
        };

        /**
         * Creates a VariableContract message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.VariableContract
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.VariableContract} VariableContract
         */
        VariableContract.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.VariableContract)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.VariableContract: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.VariableContract();
            if (object.variable != null)
                if (typeof object.variable !== "string" || object.variable.length)
                    message.variable = $String(object.variable);
            if (object.type != null)
                if (typeof object.type !== "string" || object.type.length)
                    message.type = $String(object.type);
            if (object.unit != null)
                if (typeof object.unit !== "string" || object.unit.length)
                    message.unit = $String(object.unit);
            if (object.levels) {
                if (!$Array.isArray(object.levels))
                    throw $TypeError(".stimnet.VariableContract.levels: array expected");
                message.levels = $Array(object.levels.length);
                for (let i = 0; i < object.levels.length; ++i)
                    message.levels[i] = $String(object.levels[i]);
            }
            if (object.breakpoints) {
                if (!$Array.isArray(object.breakpoints))
                    throw $TypeError(".stimnet.VariableContract.breakpoints: array expected");
                message.breakpoints = $Array(object.breakpoints.length);
                for (let i = 0; i < object.breakpoints.length; ++i)
                    message.breakpoints[i] = $Number(object.breakpoints[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a VariableContract message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.VariableContract
         * @static
         * @param {stimnet.VariableContract} message VariableContract
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        VariableContract.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.levels = [];
                object.breakpoints = [];
            }
            if (options.defaults) {
                object.variable = "";
                object.type = "";
                object.unit = "";
            }
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                object.variable = message.variable;
            if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                object.type = message.type;
            if (message.unit != null && $Object.hasOwnProperty.call(message, "unit"))
                object.unit = message.unit;
            if (message.levels && message.levels.length) {
                object.levels = $Array(message.levels.length);
                for (let j = 0; j < message.levels.length; ++j)
                    object.levels[j] = message.levels[j];
            }
            if (message.breakpoints && message.breakpoints.length) {
                object.breakpoints = $Array(message.breakpoints.length);
                for (let j = 0; j < message.breakpoints.length; ++j)
                    object.breakpoints[j] = options.json && !$isFinite(message.breakpoints[j]) ? $String(message.breakpoints[j]) : message.breakpoints[j];
            }
            return object;
        };

        /**
         * Converts this VariableContract to JSON.
         * @function toJSON
         * @memberof stimnet.VariableContract
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        VariableContract.prototype.toJSON = function() {
            return VariableContract.toObject(this, $protobuf.util.toJSONOptions);
        };

        return VariableContract;
    })();

    stimnet.VariableMapping = (function() {

        /**
         * Properties of a VariableMapping.
         * @typedef {Object} stimnet.VariableMapping.$Properties
         * @property {string} [peer] VariableMapping peer
         * @property {string} [variable] VariableMapping variable
         * @property {string} [local] VariableMapping local
         * @property {Array.<stimnet.LevelMapping.$Properties>} [levels] VariableMapping levels
         * @property {string} [scale] VariableMapping scale
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a VariableMapping.
         * @memberof stimnet
         * @interface IVariableMapping
         * @augments stimnet.VariableMapping.$Properties
         * @deprecated Use stimnet.VariableMapping.$Properties instead.
         */

        /**
         * Shape of a VariableMapping.
         * @typedef {stimnet.VariableMapping.$Properties} stimnet.VariableMapping.$Shape
         */

        /**
         * Constructs a new VariableMapping.
         * @memberof stimnet
         * @classdesc Represents a VariableMapping.
         * @constructor
         * @param {stimnet.VariableMapping.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const VariableMapping = function (properties) {
            this.levels = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * VariableMapping peer.
         * @member {string} peer
         * @memberof stimnet.VariableMapping
         * @instance
         */
        VariableMapping.prototype.peer = "";

        /**
         * VariableMapping variable.
         * @member {string} variable
         * @memberof stimnet.VariableMapping
         * @instance
         */
        VariableMapping.prototype.variable = "";

        /**
         * VariableMapping local.
         * @member {string} local
         * @memberof stimnet.VariableMapping
         * @instance
         */
        VariableMapping.prototype.local = "";

        /**
         * VariableMapping levels.
         * @member {Array.<stimnet.LevelMapping>} levels
         * @memberof stimnet.VariableMapping
         * @instance
         */
        VariableMapping.prototype.levels = $util.emptyArray;

        /**
         * VariableMapping scale.
         * @member {string} scale
         * @memberof stimnet.VariableMapping
         * @instance
         */
        VariableMapping.prototype.scale = "";

        /**
         * Creates a new VariableMapping instance using the specified properties.
         * @function create
         * @memberof stimnet.VariableMapping
         * @static
         * @param {stimnet.VariableMapping.$Properties=} [properties] Properties to set
         * @returns {stimnet.VariableMapping} VariableMapping instance
         * @type {{
         *   (properties: stimnet.VariableMapping.$Shape): stimnet.VariableMapping & stimnet.VariableMapping.$Shape;
         *   (properties?: stimnet.VariableMapping.$Properties): stimnet.VariableMapping;
         * }}
         */
        VariableMapping.create = function(properties) {
            return new VariableMapping(properties);
        };

        /**
         * Encodes the specified VariableMapping message. Does not implicitly {@link stimnet.VariableMapping.verify|verify} messages.
         * @function encode
         * @memberof stimnet.VariableMapping
         * @static
         * @param {stimnet.VariableMapping.$Properties} message VariableMapping message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        VariableMapping.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.peer);
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable") && message.variable !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.variable);
            if (message.local != null && $Object.hasOwnProperty.call(message, "local") && message.local !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.local);
            if (message.levels != null && message.levels.length)
                for (let i = 0; i < message.levels.length; ++i)
                    $root.stimnet.LevelMapping.encode(message.levels[i], writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale") && message.scale !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.scale);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a VariableMapping message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.VariableMapping
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.VariableMapping & stimnet.VariableMapping.$Shape} VariableMapping
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        VariableMapping.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.VariableMapping();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.peer = value;
                        else
                            delete message.peer;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.variable = value;
                        else
                            delete message.variable;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.local = value;
                        else
                            delete message.local;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.levels && message.levels.length))
                            message.levels = [];
                        message.levels.push($root.stimnet.LevelMapping.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.scale = value;
                        else
                            delete message.scale;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a VariableMapping message.
         * @function verify
         * @memberof stimnet.VariableMapping
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        VariableMapping.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                if (!$util.isString(message.peer))
                    return "peer: string expected";
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                if (!$util.isString(message.variable))
                    return "variable: string expected";
            if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                if (!$util.isString(message.local))
                    return "local: string expected";
            if (message.levels != null && $Object.hasOwnProperty.call(message, "levels")) {
                if (!$Array.isArray(message.levels))
                    return "levels: array expected";
                for (let i = 0; i < message.levels.length; ++i) {
                    let error = $root.stimnet.LevelMapping.verify(message.levels[i], _depth + 1);
                    if (error)
                        return "levels." + error;
                }
            }
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale"))
                if (!$util.isString(message.scale))
                    return "scale: string expected";
            return null;
        };

        /**
         * Creates a VariableMapping message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.VariableMapping
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.VariableMapping} VariableMapping
         */
        VariableMapping.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.VariableMapping)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.VariableMapping: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.VariableMapping();
            if (object.peer != null)
                if (typeof object.peer !== "string" || object.peer.length)
                    message.peer = $String(object.peer);
            if (object.variable != null)
                if (typeof object.variable !== "string" || object.variable.length)
                    message.variable = $String(object.variable);
            if (object.local != null)
                if (typeof object.local !== "string" || object.local.length)
                    message.local = $String(object.local);
            if (object.levels) {
                if (!$Array.isArray(object.levels))
                    throw $TypeError(".stimnet.VariableMapping.levels: array expected");
                message.levels = $Array(object.levels.length);
                for (let i = 0; i < object.levels.length; ++i) {
                    if (!$util.isObject(object.levels[i]))
                        throw $TypeError(".stimnet.VariableMapping.levels: object expected");
                    message.levels[i] = $root.stimnet.LevelMapping.fromObject(object.levels[i], _depth + 1);
                }
            }
            if (object.scale != null)
                if (typeof object.scale !== "string" || object.scale.length)
                    message.scale = $String(object.scale);
            return message;
        };

        /**
         * Creates a plain object from a VariableMapping message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.VariableMapping
         * @static
         * @param {stimnet.VariableMapping} message VariableMapping
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        VariableMapping.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.levels = [];
            if (options.defaults) {
                object.peer = "";
                object.variable = "";
                object.local = "";
                object.scale = "";
            }
            if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                object.peer = message.peer;
            if (message.variable != null && $Object.hasOwnProperty.call(message, "variable"))
                object.variable = message.variable;
            if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                object.local = message.local;
            if (message.levels && message.levels.length) {
                object.levels = $Array(message.levels.length);
                for (let j = 0; j < message.levels.length; ++j)
                    object.levels[j] = $root.stimnet.LevelMapping.toObject(message.levels[j], options, _depth + 1);
            }
            if (message.scale != null && $Object.hasOwnProperty.call(message, "scale"))
                object.scale = message.scale;
            return object;
        };

        /**
         * Converts this VariableMapping to JSON.
         * @function toJSON
         * @memberof stimnet.VariableMapping
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        VariableMapping.prototype.toJSON = function() {
            return VariableMapping.toObject(this, $protobuf.util.toJSONOptions);
        };

        return VariableMapping;
    })();

    stimnet.LevelMapping = (function() {

        /**
         * Properties of a LevelMapping.
         * @typedef {Object} stimnet.LevelMapping.$Properties
         * @property {string} [local] LevelMapping local
         * @property {string} [level] LevelMapping level
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a LevelMapping.
         * @memberof stimnet
         * @interface ILevelMapping
         * @augments stimnet.LevelMapping.$Properties
         * @deprecated Use stimnet.LevelMapping.$Properties instead.
         */

        /**
         * Shape of a LevelMapping.
         * @typedef {stimnet.LevelMapping.$Properties} stimnet.LevelMapping.$Shape
         */

        /**
         * Constructs a new LevelMapping.
         * @memberof stimnet
         * @classdesc Represents a LevelMapping.
         * @constructor
         * @param {stimnet.LevelMapping.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const LevelMapping = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * LevelMapping local.
         * @member {string} local
         * @memberof stimnet.LevelMapping
         * @instance
         */
        LevelMapping.prototype.local = "";

        /**
         * LevelMapping level.
         * @member {string} level
         * @memberof stimnet.LevelMapping
         * @instance
         */
        LevelMapping.prototype.level = "";

        /**
         * Creates a new LevelMapping instance using the specified properties.
         * @function create
         * @memberof stimnet.LevelMapping
         * @static
         * @param {stimnet.LevelMapping.$Properties=} [properties] Properties to set
         * @returns {stimnet.LevelMapping} LevelMapping instance
         * @type {{
         *   (properties: stimnet.LevelMapping.$Shape): stimnet.LevelMapping & stimnet.LevelMapping.$Shape;
         *   (properties?: stimnet.LevelMapping.$Properties): stimnet.LevelMapping;
         * }}
         */
        LevelMapping.create = function(properties) {
            return new LevelMapping(properties);
        };

        /**
         * Encodes the specified LevelMapping message. Does not implicitly {@link stimnet.LevelMapping.verify|verify} messages.
         * @function encode
         * @memberof stimnet.LevelMapping
         * @static
         * @param {stimnet.LevelMapping.$Properties} message LevelMapping message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        LevelMapping.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.local != null && $Object.hasOwnProperty.call(message, "local") && message.local !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.local);
            if (message.level != null && $Object.hasOwnProperty.call(message, "level") && message.level !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.level);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a LevelMapping message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.LevelMapping
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.LevelMapping & stimnet.LevelMapping.$Shape} LevelMapping
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        LevelMapping.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.LevelMapping();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.local = value;
                        else
                            delete message.local;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.level = value;
                        else
                            delete message.level;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a LevelMapping message.
         * @function verify
         * @memberof stimnet.LevelMapping
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        LevelMapping.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                if (!$util.isString(message.local))
                    return "local: string expected";
            if (message.level != null && $Object.hasOwnProperty.call(message, "level"))
                if (!$util.isString(message.level))
                    return "level: string expected";
            return null;
        };

        /**
         * Creates a LevelMapping message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.LevelMapping
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.LevelMapping} LevelMapping
         */
        LevelMapping.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.LevelMapping)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.LevelMapping: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.LevelMapping();
            if (object.local != null)
                if (typeof object.local !== "string" || object.local.length)
                    message.local = $String(object.local);
            if (object.level != null)
                if (typeof object.level !== "string" || object.level.length)
                    message.level = $String(object.level);
            return message;
        };

        /**
         * Creates a plain object from a LevelMapping message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.LevelMapping
         * @static
         * @param {stimnet.LevelMapping} message LevelMapping
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        LevelMapping.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.local = "";
                object.level = "";
            }
            if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                object.local = message.local;
            if (message.level != null && $Object.hasOwnProperty.call(message, "level"))
                object.level = message.level;
            return object;
        };

        /**
         * Converts this LevelMapping to JSON.
         * @function toJSON
         * @memberof stimnet.LevelMapping
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        LevelMapping.prototype.toJSON = function() {
            return LevelMapping.toObject(this, $protobuf.util.toJSONOptions);
        };

        return LevelMapping;
    })();

    stimnet.Program = (function() {

        /**
         * Properties of a Program.
         * @typedef {Object} stimnet.Program.$Properties
         * @property {string|null} [sql] Program sql
         * @property {stimnet.Statistic.$Properties|null} [statistic] Program statistic
         * @property {stimnet.Script.$Properties|null} [script] Program script
         * @property {"sql"|"statistic"|"script"} [kind] Program kind
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Program.
         * @memberof stimnet
         * @interface IProgram
         * @augments stimnet.Program.$Properties
         * @deprecated Use stimnet.Program.$Properties instead.
         */

        /**
         * Narrowed shape of a Program.
         * @typedef {{
         *   sql?: string|null;
         *   statistic?: stimnet.Statistic.$Shape|null;
         *   script?: stimnet.Script.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ kind?: undefined; sql?: null; statistic?: null; script?: null }|{ kind?: "sql"; sql: string; statistic?: null; script?: null }|{ kind?: "statistic"; sql?: null; statistic: stimnet.Statistic.$Shape; script?: null }|{ kind?: "script"; sql?: null; statistic?: null; script: stimnet.Script.$Shape })
         * )} stimnet.Program.$Shape
         */

        /**
         * Constructs a new Program.
         * @memberof stimnet
         * @classdesc Represents a Program.
         * @constructor
         * @param {stimnet.Program.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Program = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Program sql.
         * @member {string|null} sql
         * @memberof stimnet.Program
         * @instance
         */
        Program.prototype.sql = null;

        /**
         * Program statistic.
         * @member {stimnet.Statistic|null} statistic
         * @memberof stimnet.Program
         * @instance
         */
        Program.prototype.statistic = null;

        /**
         * Program script.
         * @member {stimnet.Script|null} script
         * @memberof stimnet.Program
         * @instance
         */
        Program.prototype.script = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Program kind.
         * @member {"sql"|"statistic"|"script"|undefined} kind
         * @memberof stimnet.Program
         * @instance
         */
        $Object.defineProperty(Program.prototype, "kind", {
            get: $util.oneOfGetter($oneOfFields = ["sql", "statistic", "script"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new Program instance using the specified properties.
         * @function create
         * @memberof stimnet.Program
         * @static
         * @param {stimnet.Program.$Properties=} [properties] Properties to set
         * @returns {stimnet.Program} Program instance
         * @type {{
         *   (properties: stimnet.Program.$Shape): stimnet.Program & stimnet.Program.$Shape;
         *   (properties?: stimnet.Program.$Properties): stimnet.Program;
         * }}
         */
        Program.create = function(properties) {
            return new Program(properties);
        };

        /**
         * Encodes the specified Program message. Does not implicitly {@link stimnet.Program.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Program
         * @static
         * @param {stimnet.Program.$Properties} message Program message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Program.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sql != null && $Object.hasOwnProperty.call(message, "sql"))
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.sql);
            if (message.statistic != null && $Object.hasOwnProperty.call(message, "statistic"))
                $root.stimnet.Statistic.encode(message.statistic, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.script != null && $Object.hasOwnProperty.call(message, "script"))
                $root.stimnet.Script.encode(message.script, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Program message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Program
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Program & stimnet.Program.$Shape} Program
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Program.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Program();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.sql = reader.stringVerify();
                        message.kind = "sql";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.statistic = $root.stimnet.Statistic.decode(reader, reader.size(), $undefined, _depth + 1, message.statistic);
                        message.kind = "statistic";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.script = $root.stimnet.Script.decode(reader, reader.size(), $undefined, _depth + 1, message.script);
                        message.kind = "script";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Program message.
         * @function verify
         * @memberof stimnet.Program
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Program.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            let properties = {};
            if (message.sql != null && $Object.hasOwnProperty.call(message, "sql")) {
                properties.kind = 1;
                if (!$util.isString(message.sql))
                    return "sql: string expected";
            }
            if (message.statistic != null && $Object.hasOwnProperty.call(message, "statistic")) {
                if (properties.kind === 1)
                    return "kind: multiple values";
                properties.kind = 1;
                {
                    let error = $root.stimnet.Statistic.verify(message.statistic, _depth + 1);
                    if (error)
                        return "statistic." + error;
                }
            }
            if (message.script != null && $Object.hasOwnProperty.call(message, "script")) {
                if (properties.kind === 1)
                    return "kind: multiple values";
                properties.kind = 1;
                {
                    let error = $root.stimnet.Script.verify(message.script, _depth + 1);
                    if (error)
                        return "script." + error;
                }
            }
            return null;
        };

        /**
         * Creates a Program message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Program
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Program} Program
         */
        Program.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Program)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Program: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Program();
            if (object.sql != null)
                message.sql = $String(object.sql);
            if (object.statistic != null) {
                if (!$util.isObject(object.statistic))
                    throw $TypeError(".stimnet.Program.statistic: object expected");
                message.statistic = $root.stimnet.Statistic.fromObject(object.statistic, _depth + 1);
            }
            if (object.script != null) {
                if (!$util.isObject(object.script))
                    throw $TypeError(".stimnet.Program.script: object expected");
                message.script = $root.stimnet.Script.fromObject(object.script, _depth + 1);
            }
            return message;
        };

        /**
         * Creates a plain object from a Program message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Program
         * @static
         * @param {stimnet.Program} message Program
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Program.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.sql != null && $Object.hasOwnProperty.call(message, "sql")) {
                object.sql = message.sql;
                if (options.oneofs)
                    object.kind = "sql";
            }
            if (message.statistic != null && $Object.hasOwnProperty.call(message, "statistic")) {
                object.statistic = $root.stimnet.Statistic.toObject(message.statistic, options, _depth + 1);
                if (options.oneofs)
                    object.kind = "statistic";
            }
            if (message.script != null && $Object.hasOwnProperty.call(message, "script")) {
                object.script = $root.stimnet.Script.toObject(message.script, options, _depth + 1);
                if (options.oneofs)
                    object.kind = "script";
            }
            return object;
        };

        /**
         * Converts this Program to JSON.
         * @function toJSON
         * @memberof stimnet.Program
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Program.prototype.toJSON = function() {
            return Program.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Program;
    })();

    stimnet.Statistic = (function() {

        /**
         * Properties of a Statistic.
         * @typedef {Object} stimnet.Statistic.$Properties
         * @property {string} [name] Statistic name
         * @property {string} [table] Statistic table
         * @property {Array.<string>} [variables] Statistic variables
         * @property {Array.<string>} [by] Statistic by
         * @property {string} [argumentsJson] Statistic argumentsJson
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Statistic.
         * @memberof stimnet
         * @interface IStatistic
         * @augments stimnet.Statistic.$Properties
         * @deprecated Use stimnet.Statistic.$Properties instead.
         */

        /**
         * Shape of a Statistic.
         * @typedef {stimnet.Statistic.$Properties} stimnet.Statistic.$Shape
         */

        /**
         * Constructs a new Statistic.
         * @memberof stimnet
         * @classdesc Represents a Statistic.
         * @constructor
         * @param {stimnet.Statistic.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Statistic = function (properties) {
            this.variables = [];
            this.by = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Statistic name.
         * @member {string} name
         * @memberof stimnet.Statistic
         * @instance
         */
        Statistic.prototype.name = "";

        /**
         * Statistic table.
         * @member {string} table
         * @memberof stimnet.Statistic
         * @instance
         */
        Statistic.prototype.table = "";

        /**
         * Statistic variables.
         * @member {Array.<string>} variables
         * @memberof stimnet.Statistic
         * @instance
         */
        Statistic.prototype.variables = $util.emptyArray;

        /**
         * Statistic by.
         * @member {Array.<string>} by
         * @memberof stimnet.Statistic
         * @instance
         */
        Statistic.prototype.by = $util.emptyArray;

        /**
         * Statistic argumentsJson.
         * @member {string} argumentsJson
         * @memberof stimnet.Statistic
         * @instance
         */
        Statistic.prototype.argumentsJson = "";

        /**
         * Creates a new Statistic instance using the specified properties.
         * @function create
         * @memberof stimnet.Statistic
         * @static
         * @param {stimnet.Statistic.$Properties=} [properties] Properties to set
         * @returns {stimnet.Statistic} Statistic instance
         * @type {{
         *   (properties: stimnet.Statistic.$Shape): stimnet.Statistic & stimnet.Statistic.$Shape;
         *   (properties?: stimnet.Statistic.$Properties): stimnet.Statistic;
         * }}
         */
        Statistic.create = function(properties) {
            return new Statistic(properties);
        };

        /**
         * Encodes the specified Statistic message. Does not implicitly {@link stimnet.Statistic.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Statistic
         * @static
         * @param {stimnet.Statistic.$Properties} message Statistic message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Statistic.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.name);
            if (message.table != null && $Object.hasOwnProperty.call(message, "table") && message.table !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.table);
            if (message.variables != null && message.variables.length)
                for (let i = 0; i < message.variables.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.variables[i]);
            if (message.by != null && message.by.length)
                for (let i = 0; i < message.by.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).string(message.by[i]);
            if (message.argumentsJson != null && $Object.hasOwnProperty.call(message, "argumentsJson") && message.argumentsJson !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.argumentsJson);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Statistic message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Statistic
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Statistic & stimnet.Statistic.$Shape} Statistic
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Statistic.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Statistic();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.table = value;
                        else
                            delete message.table;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.variables && message.variables.length))
                            message.variables = [];
                        message.variables.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.by && message.by.length))
                            message.by = [];
                        message.by.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.argumentsJson = value;
                        else
                            delete message.argumentsJson;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Statistic message.
         * @function verify
         * @memberof stimnet.Statistic
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Statistic.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                if (!$util.isString(message.name))
                    return "name: string expected";
            if (message.table != null && $Object.hasOwnProperty.call(message, "table"))
                if (!$util.isString(message.table))
                    return "table: string expected";
            if (message.variables != null && $Object.hasOwnProperty.call(message, "variables")) {
                if (!$Array.isArray(message.variables))
                    return "variables: array expected";
                for (let i = 0; i < message.variables.length; ++i)
                    if (!$util.isString(message.variables[i]))
                        return "variables: string[] expected";
            }
            if (message.by != null && $Object.hasOwnProperty.call(message, "by")) {
                if (!$Array.isArray(message.by))
                    return "by: array expected";
                for (let i = 0; i < message.by.length; ++i)
                    if (!$util.isString(message.by[i]))
                        return "by: string[] expected";
            }
            if (message.argumentsJson != null && $Object.hasOwnProperty.call(message, "argumentsJson"))
                if (!$util.isString(message.argumentsJson))
                    return "argumentsJson: string expected";
            return null;
        };

        /**
         * Creates a Statistic message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Statistic
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Statistic} Statistic
         */
        Statistic.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Statistic)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Statistic: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Statistic();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.table != null)
                if (typeof object.table !== "string" || object.table.length)
                    message.table = $String(object.table);
            if (object.variables) {
                if (!$Array.isArray(object.variables))
                    throw $TypeError(".stimnet.Statistic.variables: array expected");
                message.variables = $Array(object.variables.length);
                for (let i = 0; i < object.variables.length; ++i)
                    message.variables[i] = $String(object.variables[i]);
            }
            if (object.by) {
                if (!$Array.isArray(object.by))
                    throw $TypeError(".stimnet.Statistic.by: array expected");
                message.by = $Array(object.by.length);
                for (let i = 0; i < object.by.length; ++i)
                    message.by[i] = $String(object.by[i]);
            }
            if (object.argumentsJson != null)
                if (typeof object.argumentsJson !== "string" || object.argumentsJson.length)
                    message.argumentsJson = $String(object.argumentsJson);
            return message;
        };

        /**
         * Creates a plain object from a Statistic message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Statistic
         * @static
         * @param {stimnet.Statistic} message Statistic
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Statistic.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.variables = [];
                object.by = [];
            }
            if (options.defaults) {
                object.name = "";
                object.table = "";
                object.argumentsJson = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.table != null && $Object.hasOwnProperty.call(message, "table"))
                object.table = message.table;
            if (message.variables && message.variables.length) {
                object.variables = $Array(message.variables.length);
                for (let j = 0; j < message.variables.length; ++j)
                    object.variables[j] = message.variables[j];
            }
            if (message.by && message.by.length) {
                object.by = $Array(message.by.length);
                for (let j = 0; j < message.by.length; ++j)
                    object.by[j] = message.by[j];
            }
            if (message.argumentsJson != null && $Object.hasOwnProperty.call(message, "argumentsJson"))
                object.argumentsJson = message.argumentsJson;
            return object;
        };

        /**
         * Converts this Statistic to JSON.
         * @function toJSON
         * @memberof stimnet.Statistic
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Statistic.prototype.toJSON = function() {
            return Statistic.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Statistic;
    })();

    stimnet.Script = (function() {

        /**
         * Properties of a Script.
         * @typedef {Object} stimnet.Script.$Properties
         * @property {string} [language] Script language
         * @property {string} [code] Script code
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Script.
         * @memberof stimnet
         * @interface IScript
         * @augments stimnet.Script.$Properties
         * @deprecated Use stimnet.Script.$Properties instead.
         */

        /**
         * Shape of a Script.
         * @typedef {stimnet.Script.$Properties} stimnet.Script.$Shape
         */

        /**
         * Constructs a new Script.
         * @memberof stimnet
         * @classdesc Represents a Script.
         * @constructor
         * @param {stimnet.Script.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Script = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Script language.
         * @member {string} language
         * @memberof stimnet.Script
         * @instance
         */
        Script.prototype.language = "";

        /**
         * Script code.
         * @member {string} code
         * @memberof stimnet.Script
         * @instance
         */
        Script.prototype.code = "";

        /**
         * Creates a new Script instance using the specified properties.
         * @function create
         * @memberof stimnet.Script
         * @static
         * @param {stimnet.Script.$Properties=} [properties] Properties to set
         * @returns {stimnet.Script} Script instance
         * @type {{
         *   (properties: stimnet.Script.$Shape): stimnet.Script & stimnet.Script.$Shape;
         *   (properties?: stimnet.Script.$Properties): stimnet.Script;
         * }}
         */
        Script.create = function(properties) {
            return new Script(properties);
        };

        /**
         * Encodes the specified Script message. Does not implicitly {@link stimnet.Script.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Script
         * @static
         * @param {stimnet.Script.$Properties} message Script message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Script.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.language != null && $Object.hasOwnProperty.call(message, "language") && message.language !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.language);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Script message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Script
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Script & stimnet.Script.$Shape} Script
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Script.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Script();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.language = value;
                        else
                            delete message.language;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Script message.
         * @function verify
         * @memberof stimnet.Script
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Script.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.language != null && $Object.hasOwnProperty.call(message, "language"))
                if (!$util.isString(message.language))
                    return "language: string expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            return null;
        };

        /**
         * Creates a Script message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Script
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Script} Script
         */
        Script.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Script)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Script: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Script();
            if (object.language != null)
                if (typeof object.language !== "string" || object.language.length)
                    message.language = $String(object.language);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            return message;
        };

        /**
         * Creates a plain object from a Script message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Script
         * @static
         * @param {stimnet.Script} message Script
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Script.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.language = "";
                object.code = "";
            }
            if (message.language != null && $Object.hasOwnProperty.call(message, "language"))
                object.language = message.language;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            return object;
        };

        /**
         * Converts this Script to JSON.
         * @function toJSON
         * @memberof stimnet.Script
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Script.prototype.toJSON = function() {
            return Script.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Script;
    })();

    stimnet.Filter = (function() {

        /**
         * Properties of a Filter.
         * @typedef {Object} stimnet.Filter.$Properties
         * @property {stimnet.FilterList.$Properties|null} [all] Filter all
         * @property {stimnet.FilterList.$Properties|null} [any] Filter any
         * @property {stimnet.Filter.$Properties|null} [not] Filter not
         * @property {stimnet.Comparison.$Properties|null} [compare] Filter compare
         * @property {"all"|"any"|"not"|"compare"} [body] Filter body
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Filter.
         * @memberof stimnet
         * @interface IFilter
         * @augments stimnet.Filter.$Properties
         * @deprecated Use stimnet.Filter.$Properties instead.
         */

        /**
         * Narrowed shape of a Filter.
         * @typedef {{
         *   all?: stimnet.FilterList.$Shape|null;
         *   any?: stimnet.FilterList.$Shape|null;
         *   not?: stimnet.Filter.$Shape|null;
         *   compare?: stimnet.Comparison.$Shape|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ body?: undefined; all?: null; any?: null; not?: null; compare?: null }|{ body?: "all"; all: stimnet.FilterList.$Shape; any?: null; not?: null; compare?: null }|{ body?: "any"; all?: null; any: stimnet.FilterList.$Shape; not?: null; compare?: null }|{ body?: "not"; all?: null; any?: null; not: stimnet.Filter.$Shape; compare?: null }|{ body?: "compare"; all?: null; any?: null; not?: null; compare: stimnet.Comparison.$Shape })
         * )} stimnet.Filter.$Shape
         */

        /**
         * Constructs a new Filter.
         * @memberof stimnet
         * @classdesc Represents a Filter.
         * @constructor
         * @param {stimnet.Filter.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Filter = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Filter all.
         * @member {stimnet.FilterList|null} all
         * @memberof stimnet.Filter
         * @instance
         */
        Filter.prototype.all = null;

        /**
         * Filter any.
         * @member {stimnet.FilterList|null} any
         * @memberof stimnet.Filter
         * @instance
         */
        Filter.prototype.any = null;

        /**
         * Filter not.
         * @member {stimnet.Filter|null} not
         * @memberof stimnet.Filter
         * @instance
         */
        Filter.prototype.not = null;

        /**
         * Filter compare.
         * @member {stimnet.Comparison|null} compare
         * @memberof stimnet.Filter
         * @instance
         */
        Filter.prototype.compare = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * Filter body.
         * @member {"all"|"any"|"not"|"compare"|undefined} body
         * @memberof stimnet.Filter
         * @instance
         */
        $Object.defineProperty(Filter.prototype, "body", {
            get: $util.oneOfGetter($oneOfFields = ["all", "any", "not", "compare"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new Filter instance using the specified properties.
         * @function create
         * @memberof stimnet.Filter
         * @static
         * @param {stimnet.Filter.$Properties=} [properties] Properties to set
         * @returns {stimnet.Filter} Filter instance
         * @type {{
         *   (properties: stimnet.Filter.$Shape): stimnet.Filter & stimnet.Filter.$Shape;
         *   (properties?: stimnet.Filter.$Properties): stimnet.Filter;
         * }}
         */
        Filter.create = function(properties) {
            return new Filter(properties);
        };

        /**
         * Encodes the specified Filter message. Does not implicitly {@link stimnet.Filter.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Filter
         * @static
         * @param {stimnet.Filter.$Properties} message Filter message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Filter.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.all != null && $Object.hasOwnProperty.call(message, "all"))
                $root.stimnet.FilterList.encode(message.all, writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.any != null && $Object.hasOwnProperty.call(message, "any"))
                $root.stimnet.FilterList.encode(message.any, writer.uint32(/* id 2, wireType 2 =*/18).fork(), _depth + 1).ldelim();
            if (message.not != null && $Object.hasOwnProperty.call(message, "not"))
                $root.stimnet.Filter.encode(message.not, writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.compare != null && $Object.hasOwnProperty.call(message, "compare"))
                $root.stimnet.Comparison.encode(message.compare, writer.uint32(/* id 4, wireType 2 =*/34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Filter message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Filter
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Filter & stimnet.Filter.$Shape} Filter
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Filter.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Filter();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.all = $root.stimnet.FilterList.decode(reader, reader.size(), $undefined, _depth + 1, message.all);
                        message.body = "all";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.any = $root.stimnet.FilterList.decode(reader, reader.size(), $undefined, _depth + 1, message.any);
                        message.body = "any";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.not = $root.stimnet.Filter.decode(reader, reader.size(), $undefined, _depth + 1, message.not);
                        message.body = "not";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.compare = $root.stimnet.Comparison.decode(reader, reader.size(), $undefined, _depth + 1, message.compare);
                        message.body = "compare";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Filter message.
         * @function verify
         * @memberof stimnet.Filter
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Filter.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            let properties = {};
            if (message.all != null && $Object.hasOwnProperty.call(message, "all")) {
                properties.body = 1;
                {
                    let error = $root.stimnet.FilterList.verify(message.all, _depth + 1);
                    if (error)
                        return "all." + error;
                }
            }
            if (message.any != null && $Object.hasOwnProperty.call(message, "any")) {
                if (properties.body === 1)
                    return "body: multiple values";
                properties.body = 1;
                {
                    let error = $root.stimnet.FilterList.verify(message.any, _depth + 1);
                    if (error)
                        return "any." + error;
                }
            }
            if (message.not != null && $Object.hasOwnProperty.call(message, "not")) {
                if (properties.body === 1)
                    return "body: multiple values";
                properties.body = 1;
                {
                    let error = $root.stimnet.Filter.verify(message.not, _depth + 1);
                    if (error)
                        return "not." + error;
                }
            }
            if (message.compare != null && $Object.hasOwnProperty.call(message, "compare")) {
                if (properties.body === 1)
                    return "body: multiple values";
                properties.body = 1;
                {
                    let error = $root.stimnet.Comparison.verify(message.compare, _depth + 1);
                    if (error)
                        return "compare." + error;
                }
            }
            return null;
        };

        /**
         * Creates a Filter message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Filter
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Filter} Filter
         */
        Filter.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Filter)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Filter: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Filter();
            if (object.all != null) {
                if (!$util.isObject(object.all))
                    throw $TypeError(".stimnet.Filter.all: object expected");
                message.all = $root.stimnet.FilterList.fromObject(object.all, _depth + 1);
            }
            if (object.any != null) {
                if (!$util.isObject(object.any))
                    throw $TypeError(".stimnet.Filter.any: object expected");
                message.any = $root.stimnet.FilterList.fromObject(object.any, _depth + 1);
            }
            if (object.not != null) {
                if (!$util.isObject(object.not))
                    throw $TypeError(".stimnet.Filter.not: object expected");
                message.not = $root.stimnet.Filter.fromObject(object.not, _depth + 1);
            }
            if (object.compare != null) {
                if (!$util.isObject(object.compare))
                    throw $TypeError(".stimnet.Filter.compare: object expected");
                message.compare = $root.stimnet.Comparison.fromObject(object.compare, _depth + 1);
            }
            return message;
        };

        /**
         * Creates a plain object from a Filter message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Filter
         * @static
         * @param {stimnet.Filter} message Filter
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Filter.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.all != null && $Object.hasOwnProperty.call(message, "all")) {
                object.all = $root.stimnet.FilterList.toObject(message.all, options, _depth + 1);
                if (options.oneofs)
                    object.body = "all";
            }
            if (message.any != null && $Object.hasOwnProperty.call(message, "any")) {
                object.any = $root.stimnet.FilterList.toObject(message.any, options, _depth + 1);
                if (options.oneofs)
                    object.body = "any";
            }
            if (message.not != null && $Object.hasOwnProperty.call(message, "not")) {
                object.not = $root.stimnet.Filter.toObject(message.not, options, _depth + 1);
                if (options.oneofs)
                    object.body = "not";
            }
            if (message.compare != null && $Object.hasOwnProperty.call(message, "compare")) {
                object.compare = $root.stimnet.Comparison.toObject(message.compare, options, _depth + 1);
                if (options.oneofs)
                    object.body = "compare";
            }
            return object;
        };

        /**
         * Converts this Filter to JSON.
         * @function toJSON
         * @memberof stimnet.Filter
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Filter.prototype.toJSON = function() {
            return Filter.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Filter;
    })();

    stimnet.FilterList = (function() {

        /**
         * Properties of a FilterList.
         * @typedef {Object} stimnet.FilterList.$Properties
         * @property {Array.<stimnet.Filter.$Properties>} [filters] FilterList filters
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FilterList.
         * @memberof stimnet
         * @interface IFilterList
         * @augments stimnet.FilterList.$Properties
         * @deprecated Use stimnet.FilterList.$Properties instead.
         */

        /**
         * Shape of a FilterList.
         * @typedef {{
         *   filters?: Array.<stimnet.Filter.$Shape>;
         *   $unknowns?: Array.<Uint8Array>;
         * }} stimnet.FilterList.$Shape
         */

        /**
         * Constructs a new FilterList.
         * @memberof stimnet
         * @classdesc Represents a FilterList.
         * @constructor
         * @param {stimnet.FilterList.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FilterList = function (properties) {
            this.filters = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FilterList filters.
         * @member {Array.<stimnet.Filter>} filters
         * @memberof stimnet.FilterList
         * @instance
         */
        FilterList.prototype.filters = $util.emptyArray;

        /**
         * Creates a new FilterList instance using the specified properties.
         * @function create
         * @memberof stimnet.FilterList
         * @static
         * @param {stimnet.FilterList.$Properties=} [properties] Properties to set
         * @returns {stimnet.FilterList} FilterList instance
         * @type {{
         *   (properties: stimnet.FilterList.$Shape): stimnet.FilterList & stimnet.FilterList.$Shape;
         *   (properties?: stimnet.FilterList.$Properties): stimnet.FilterList;
         * }}
         */
        FilterList.create = function(properties) {
            return new FilterList(properties);
        };

        /**
         * Encodes the specified FilterList message. Does not implicitly {@link stimnet.FilterList.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FilterList
         * @static
         * @param {stimnet.FilterList.$Properties} message FilterList message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FilterList.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.filters != null && message.filters.length)
                for (let i = 0; i < message.filters.length; ++i)
                    $root.stimnet.Filter.encode(message.filters[i], writer.uint32(/* id 1, wireType 2 =*/10).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FilterList message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FilterList
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FilterList & stimnet.FilterList.$Shape} FilterList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FilterList.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FilterList();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.filters && message.filters.length))
                            message.filters = [];
                        message.filters.push($root.stimnet.Filter.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FilterList message.
         * @function verify
         * @memberof stimnet.FilterList
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FilterList.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.filters != null && $Object.hasOwnProperty.call(message, "filters")) {
                if (!$Array.isArray(message.filters))
                    return "filters: array expected";
                for (let i = 0; i < message.filters.length; ++i) {
                    let error = $root.stimnet.Filter.verify(message.filters[i], _depth + 1);
                    if (error)
                        return "filters." + error;
                }
            }
            return null;
        };

        /**
         * Creates a FilterList message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FilterList
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FilterList} FilterList
         */
        FilterList.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FilterList)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FilterList: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FilterList();
            if (object.filters) {
                if (!$Array.isArray(object.filters))
                    throw $TypeError(".stimnet.FilterList.filters: array expected");
                message.filters = $Array(object.filters.length);
                for (let i = 0; i < object.filters.length; ++i) {
                    if (!$util.isObject(object.filters[i]))
                        throw $TypeError(".stimnet.FilterList.filters: object expected");
                    message.filters[i] = $root.stimnet.Filter.fromObject(object.filters[i], _depth + 1);
                }
            }
            return message;
        };

        /**
         * Creates a plain object from a FilterList message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FilterList
         * @static
         * @param {stimnet.FilterList} message FilterList
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FilterList.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.filters = [];
            if (message.filters && message.filters.length) {
                object.filters = $Array(message.filters.length);
                for (let j = 0; j < message.filters.length; ++j)
                    object.filters[j] = $root.stimnet.Filter.toObject(message.filters[j], options, _depth + 1);
            }
            return object;
        };

        /**
         * Converts this FilterList to JSON.
         * @function toJSON
         * @memberof stimnet.FilterList
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FilterList.prototype.toJSON = function() {
            return FilterList.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FilterList;
    })();

    stimnet.Comparison = (function() {

        /**
         * Properties of a Comparison.
         * @typedef {Object} stimnet.Comparison.$Properties
         * @property {string} [column] Comparison column
         * @property {string} [op] Comparison op
         * @property {Array.<stimnet.FilterValue.$Properties>} [values] Comparison values
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Comparison.
         * @memberof stimnet
         * @interface IComparison
         * @augments stimnet.Comparison.$Properties
         * @deprecated Use stimnet.Comparison.$Properties instead.
         */

        /**
         * Shape of a Comparison.
         * @typedef {{
         *   column?: string;
         *   op?: string;
         *   values?: Array.<stimnet.FilterValue.$Shape>;
         *   $unknowns?: Array.<Uint8Array>;
         * }} stimnet.Comparison.$Shape
         */

        /**
         * Constructs a new Comparison.
         * @memberof stimnet
         * @classdesc Represents a Comparison.
         * @constructor
         * @param {stimnet.Comparison.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Comparison = function (properties) {
            this.values = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Comparison column.
         * @member {string} column
         * @memberof stimnet.Comparison
         * @instance
         */
        Comparison.prototype.column = "";

        /**
         * Comparison op.
         * @member {string} op
         * @memberof stimnet.Comparison
         * @instance
         */
        Comparison.prototype.op = "";

        /**
         * Comparison values.
         * @member {Array.<stimnet.FilterValue>} values
         * @memberof stimnet.Comparison
         * @instance
         */
        Comparison.prototype.values = $util.emptyArray;

        /**
         * Creates a new Comparison instance using the specified properties.
         * @function create
         * @memberof stimnet.Comparison
         * @static
         * @param {stimnet.Comparison.$Properties=} [properties] Properties to set
         * @returns {stimnet.Comparison} Comparison instance
         * @type {{
         *   (properties: stimnet.Comparison.$Shape): stimnet.Comparison & stimnet.Comparison.$Shape;
         *   (properties?: stimnet.Comparison.$Properties): stimnet.Comparison;
         * }}
         */
        Comparison.create = function(properties) {
            return new Comparison(properties);
        };

        /**
         * Encodes the specified Comparison message. Does not implicitly {@link stimnet.Comparison.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Comparison
         * @static
         * @param {stimnet.Comparison.$Properties} message Comparison message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Comparison.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.column != null && $Object.hasOwnProperty.call(message, "column") && message.column !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.column);
            if (message.op != null && $Object.hasOwnProperty.call(message, "op") && message.op !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.op);
            if (message.values != null && message.values.length)
                for (let i = 0; i < message.values.length; ++i)
                    $root.stimnet.FilterValue.encode(message.values[i], writer.uint32(/* id 3, wireType 2 =*/26).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Comparison message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Comparison
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Comparison & stimnet.Comparison.$Shape} Comparison
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Comparison.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Comparison();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.column = value;
                        else
                            delete message.column;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.op = value;
                        else
                            delete message.op;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.values && message.values.length))
                            message.values = [];
                        message.values.push($root.stimnet.FilterValue.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Comparison message.
         * @function verify
         * @memberof stimnet.Comparison
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Comparison.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.column != null && $Object.hasOwnProperty.call(message, "column"))
                if (!$util.isString(message.column))
                    return "column: string expected";
            if (message.op != null && $Object.hasOwnProperty.call(message, "op"))
                if (!$util.isString(message.op))
                    return "op: string expected";
            if (message.values != null && $Object.hasOwnProperty.call(message, "values")) {
                if (!$Array.isArray(message.values))
                    return "values: array expected";
                for (let i = 0; i < message.values.length; ++i) {
                    let error = $root.stimnet.FilterValue.verify(message.values[i], _depth + 1);
                    if (error)
                        return "values." + error;
                }
            }
            return null;
        };

        /**
         * Creates a Comparison message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Comparison
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Comparison} Comparison
         */
        Comparison.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Comparison)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Comparison: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Comparison();
            if (object.column != null)
                if (typeof object.column !== "string" || object.column.length)
                    message.column = $String(object.column);
            if (object.op != null)
                if (typeof object.op !== "string" || object.op.length)
                    message.op = $String(object.op);
            if (object.values) {
                if (!$Array.isArray(object.values))
                    throw $TypeError(".stimnet.Comparison.values: array expected");
                message.values = $Array(object.values.length);
                for (let i = 0; i < object.values.length; ++i) {
                    if (!$util.isObject(object.values[i]))
                        throw $TypeError(".stimnet.Comparison.values: object expected");
                    message.values[i] = $root.stimnet.FilterValue.fromObject(object.values[i], _depth + 1);
                }
            }
            return message;
        };

        /**
         * Creates a plain object from a Comparison message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Comparison
         * @static
         * @param {stimnet.Comparison} message Comparison
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Comparison.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.values = [];
            if (options.defaults) {
                object.column = "";
                object.op = "";
            }
            if (message.column != null && $Object.hasOwnProperty.call(message, "column"))
                object.column = message.column;
            if (message.op != null && $Object.hasOwnProperty.call(message, "op"))
                object.op = message.op;
            if (message.values && message.values.length) {
                object.values = $Array(message.values.length);
                for (let j = 0; j < message.values.length; ++j)
                    object.values[j] = $root.stimnet.FilterValue.toObject(message.values[j], options, _depth + 1);
            }
            return object;
        };

        /**
         * Converts this Comparison to JSON.
         * @function toJSON
         * @memberof stimnet.Comparison
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Comparison.prototype.toJSON = function() {
            return Comparison.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Comparison;
    })();

    stimnet.FilterValue = (function() {

        /**
         * Properties of a FilterValue.
         * @typedef {Object} stimnet.FilterValue.$Properties
         * @property {string|null} [text] FilterValue text
         * @property {number|null} [number] FilterValue number
         * @property {boolean|null} [truth] FilterValue truth
         * @property {"text"|"number"|"truth"} [value] FilterValue value
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FilterValue.
         * @memberof stimnet
         * @interface IFilterValue
         * @augments stimnet.FilterValue.$Properties
         * @deprecated Use stimnet.FilterValue.$Properties instead.
         */

        /**
         * Narrowed shape of a FilterValue.
         * @typedef {{
         *   text?: string|null;
         *   number?: number|null;
         *   truth?: boolean|null;
         *   $unknowns?: Array.<Uint8Array>;
         * } & (
         *   ({ value?: undefined; text?: null; number?: null; truth?: null }|{ value?: "text"; text: string; number?: null; truth?: null }|{ value?: "number"; text?: null; number: number; truth?: null }|{ value?: "truth"; text?: null; number?: null; truth: boolean })
         * )} stimnet.FilterValue.$Shape
         */

        /**
         * Constructs a new FilterValue.
         * @memberof stimnet
         * @classdesc Represents a FilterValue.
         * @constructor
         * @param {stimnet.FilterValue.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FilterValue = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FilterValue text.
         * @member {string|null} text
         * @memberof stimnet.FilterValue
         * @instance
         */
        FilterValue.prototype.text = null;

        /**
         * FilterValue number.
         * @member {number|null} number
         * @memberof stimnet.FilterValue
         * @instance
         */
        FilterValue.prototype.number = null;

        /**
         * FilterValue truth.
         * @member {boolean|null} truth
         * @memberof stimnet.FilterValue
         * @instance
         */
        FilterValue.prototype.truth = null;

        // OneOf field names bound to virtual getters and setters
        let $oneOfFields;

        /**
         * FilterValue value.
         * @member {"text"|"number"|"truth"|undefined} value
         * @memberof stimnet.FilterValue
         * @instance
         */
        $Object.defineProperty(FilterValue.prototype, "value", {
            get: $util.oneOfGetter($oneOfFields = ["text", "number", "truth"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        /**
         * Creates a new FilterValue instance using the specified properties.
         * @function create
         * @memberof stimnet.FilterValue
         * @static
         * @param {stimnet.FilterValue.$Properties=} [properties] Properties to set
         * @returns {stimnet.FilterValue} FilterValue instance
         * @type {{
         *   (properties: stimnet.FilterValue.$Shape): stimnet.FilterValue & stimnet.FilterValue.$Shape;
         *   (properties?: stimnet.FilterValue.$Properties): stimnet.FilterValue;
         * }}
         */
        FilterValue.create = function(properties) {
            return new FilterValue(properties);
        };

        /**
         * Encodes the specified FilterValue message. Does not implicitly {@link stimnet.FilterValue.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FilterValue
         * @static
         * @param {stimnet.FilterValue.$Properties} message FilterValue message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FilterValue.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.text);
            if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.number);
            if (message.truth != null && $Object.hasOwnProperty.call(message, "truth"))
                writer.uint32(/* id 3, wireType 0 =*/24).bool(message.truth);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FilterValue message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FilterValue
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FilterValue & stimnet.FilterValue.$Shape} FilterValue
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FilterValue.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FilterValue();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.text = reader.stringVerify();
                        message.value = "text";
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        message.number = reader.double();
                        message.value = "number";
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        message.truth = reader.bool();
                        message.value = "truth";
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FilterValue message.
         * @function verify
         * @memberof stimnet.FilterValue
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FilterValue.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            let properties = {};
            if (message.text != null && $Object.hasOwnProperty.call(message, "text")) {
                properties.value = 1;
                if (!$util.isString(message.text))
                    return "text: string expected";
            }
            if (message.number != null && $Object.hasOwnProperty.call(message, "number")) {
                if (properties.value === 1)
                    return "value: multiple values";
                properties.value = 1;
                if (typeof message.number !== "number")
                    return "number: number expected";
            }
            if (message.truth != null && $Object.hasOwnProperty.call(message, "truth")) {
                if (properties.value === 1)
                    return "value: multiple values";
                properties.value = 1;
                if (typeof message.truth !== "boolean")
                    return "truth: boolean expected";
            }
            return null;
        };

        /**
         * Creates a FilterValue message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FilterValue
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FilterValue} FilterValue
         */
        FilterValue.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FilterValue)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FilterValue: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FilterValue();
            if (object.text != null)
                message.text = $String(object.text);
            if (object.number != null)
                message.number = $Number(object.number);
            if (object.truth != null)
                message.truth = $Boolean(object.truth);
            return message;
        };

        /**
         * Creates a plain object from a FilterValue message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FilterValue
         * @static
         * @param {stimnet.FilterValue} message FilterValue
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FilterValue.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.text != null && $Object.hasOwnProperty.call(message, "text")) {
                object.text = message.text;
                if (options.oneofs)
                    object.value = "text";
            }
            if (message.number != null && $Object.hasOwnProperty.call(message, "number")) {
                object.number = options.json && !$isFinite(message.number) ? $String(message.number) : message.number;
                if (options.oneofs)
                    object.value = "number";
            }
            if (message.truth != null && $Object.hasOwnProperty.call(message, "truth")) {
                object.truth = message.truth;
                if (options.oneofs)
                    object.value = "truth";
            }
            return object;
        };

        /**
         * Converts this FilterValue to JSON.
         * @function toJSON
         * @memberof stimnet.FilterValue
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FilterValue.prototype.toJSON = function() {
            return FilterValue.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FilterValue;
    })();

    stimnet.JobAsk = (function() {

        /**
         * Properties of a JobAsk.
         * @typedef {Object} stimnet.JobAsk.$Properties
         * @property {Uint8Array} [request] JobAsk request
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a JobAsk.
         * @memberof stimnet
         * @interface IJobAsk
         * @augments stimnet.JobAsk.$Properties
         * @deprecated Use stimnet.JobAsk.$Properties instead.
         */

        /**
         * Shape of a JobAsk.
         * @typedef {stimnet.JobAsk.$Properties} stimnet.JobAsk.$Shape
         */

        /**
         * Constructs a new JobAsk.
         * @memberof stimnet
         * @classdesc Represents a JobAsk.
         * @constructor
         * @param {stimnet.JobAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const JobAsk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * JobAsk request.
         * @member {Uint8Array} request
         * @memberof stimnet.JobAsk
         * @instance
         */
        JobAsk.prototype.request = $util.newBuffer([]);

        /**
         * Creates a new JobAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.JobAsk
         * @static
         * @param {stimnet.JobAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.JobAsk} JobAsk instance
         * @type {{
         *   (properties: stimnet.JobAsk.$Shape): stimnet.JobAsk & stimnet.JobAsk.$Shape;
         *   (properties?: stimnet.JobAsk.$Properties): stimnet.JobAsk;
         * }}
         */
        JobAsk.create = function(properties) {
            return new JobAsk(properties);
        };

        /**
         * Encodes the specified JobAsk message. Does not implicitly {@link stimnet.JobAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.JobAsk
         * @static
         * @param {stimnet.JobAsk.$Properties} message JobAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        JobAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.request != null && $Object.hasOwnProperty.call(message, "request") && message.request.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.request);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a JobAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.JobAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.JobAsk & stimnet.JobAsk.$Shape} JobAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        JobAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.JobAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.request = value;
                        else
                            delete message.request;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a JobAsk message.
         * @function verify
         * @memberof stimnet.JobAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        JobAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                if (!(message.request && typeof message.request.length === "number" || $util.isString(message.request)))
                    return "request: buffer expected";
            return null;
        };

        /**
         * Creates a JobAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.JobAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.JobAsk} JobAsk
         */
        JobAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.JobAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.JobAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.JobAsk();
            if (object.request != null)
                if (object.request.length)
                    if (typeof object.request === "string")
                        $util.base64.decode(object.request, message.request = $util.newBuffer($util.base64.length(object.request)), 0);
                    else if (object.request.length >= 0)
                        message.request = object.request;
            return message;
        };

        /**
         * Creates a plain object from a JobAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.JobAsk
         * @static
         * @param {stimnet.JobAsk} message JobAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        JobAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.request = "";
                else {
                    object.request = [];
                    if (options.bytes !== $Array)
                        object.request = $util.newBuffer(object.request);
                }
            if (message.request != null && $Object.hasOwnProperty.call(message, "request"))
                object.request = options.bytes === $String ? $util.base64.encode(message.request, 0, message.request.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.request) : message.request;
            return object;
        };

        /**
         * Converts this JobAsk to JSON.
         * @function toJSON
         * @memberof stimnet.JobAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        JobAsk.prototype.toJSON = function() {
            return JobAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return JobAsk;
    })();

    stimnet.JobAnswer = (function() {

        /**
         * Properties of a JobAnswer.
         * @typedef {Object} stimnet.JobAnswer.$Properties
         * @property {Uint8Array} [decision] JobAnswer decision
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a JobAnswer.
         * @memberof stimnet
         * @interface IJobAnswer
         * @augments stimnet.JobAnswer.$Properties
         * @deprecated Use stimnet.JobAnswer.$Properties instead.
         */

        /**
         * Shape of a JobAnswer.
         * @typedef {stimnet.JobAnswer.$Properties} stimnet.JobAnswer.$Shape
         */

        /**
         * Constructs a new JobAnswer.
         * @memberof stimnet
         * @classdesc Represents a JobAnswer.
         * @constructor
         * @param {stimnet.JobAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const JobAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * JobAnswer decision.
         * @member {Uint8Array} decision
         * @memberof stimnet.JobAnswer
         * @instance
         */
        JobAnswer.prototype.decision = $util.newBuffer([]);

        /**
         * Creates a new JobAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.JobAnswer
         * @static
         * @param {stimnet.JobAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.JobAnswer} JobAnswer instance
         * @type {{
         *   (properties: stimnet.JobAnswer.$Shape): stimnet.JobAnswer & stimnet.JobAnswer.$Shape;
         *   (properties?: stimnet.JobAnswer.$Properties): stimnet.JobAnswer;
         * }}
         */
        JobAnswer.create = function(properties) {
            return new JobAnswer(properties);
        };

        /**
         * Encodes the specified JobAnswer message. Does not implicitly {@link stimnet.JobAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.JobAnswer
         * @static
         * @param {stimnet.JobAnswer.$Properties} message JobAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        JobAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.decision != null && $Object.hasOwnProperty.call(message, "decision") && message.decision.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.decision);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a JobAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.JobAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.JobAnswer & stimnet.JobAnswer.$Shape} JobAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        JobAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.JobAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.decision = value;
                        else
                            delete message.decision;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a JobAnswer message.
         * @function verify
         * @memberof stimnet.JobAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        JobAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.decision != null && $Object.hasOwnProperty.call(message, "decision"))
                if (!(message.decision && typeof message.decision.length === "number" || $util.isString(message.decision)))
                    return "decision: buffer expected";
            return null;
        };

        /**
         * Creates a JobAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.JobAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.JobAnswer} JobAnswer
         */
        JobAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.JobAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.JobAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.JobAnswer();
            if (object.decision != null)
                if (object.decision.length)
                    if (typeof object.decision === "string")
                        $util.base64.decode(object.decision, message.decision = $util.newBuffer($util.base64.length(object.decision)), 0);
                    else if (object.decision.length >= 0)
                        message.decision = object.decision;
            return message;
        };

        /**
         * Creates a plain object from a JobAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.JobAnswer
         * @static
         * @param {stimnet.JobAnswer} message JobAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        JobAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.decision = "";
                else {
                    object.decision = [];
                    if (options.bytes !== $Array)
                        object.decision = $util.newBuffer(object.decision);
                }
            if (message.decision != null && $Object.hasOwnProperty.call(message, "decision"))
                object.decision = options.bytes === $String ? $util.base64.encode(message.decision, 0, message.decision.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.decision) : message.decision;
            return object;
        };

        /**
         * Converts this JobAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.JobAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        JobAnswer.prototype.toJSON = function() {
            return JobAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return JobAnswer;
    })();

    stimnet.Decision = (function() {

        /**
         * Properties of a Decision.
         * @typedef {Object} stimnet.Decision.$Properties
         * @property {boolean} [allowed] Decision allowed
         * @property {string} [code] Decision code
         * @property {string} [reason] Decision reason
         * @property {string} [jobId] Decision jobId
         * @property {string} [requestHash] Decision requestHash
         * @property {string} [state] Decision state
         * @property {Array.<string>} [warnings] Decision warnings
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Decision.
         * @memberof stimnet
         * @interface IDecision
         * @augments stimnet.Decision.$Properties
         * @deprecated Use stimnet.Decision.$Properties instead.
         */

        /**
         * Shape of a Decision.
         * @typedef {stimnet.Decision.$Properties} stimnet.Decision.$Shape
         */

        /**
         * Constructs a new Decision.
         * @memberof stimnet
         * @classdesc Represents a Decision.
         * @constructor
         * @param {stimnet.Decision.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Decision = function (properties) {
            this.warnings = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Decision allowed.
         * @member {boolean} allowed
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.allowed = false;

        /**
         * Decision code.
         * @member {string} code
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.code = "";

        /**
         * Decision reason.
         * @member {string} reason
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.reason = "";

        /**
         * Decision jobId.
         * @member {string} jobId
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.jobId = "";

        /**
         * Decision requestHash.
         * @member {string} requestHash
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.requestHash = "";

        /**
         * Decision state.
         * @member {string} state
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.state = "";

        /**
         * Decision warnings.
         * @member {Array.<string>} warnings
         * @memberof stimnet.Decision
         * @instance
         */
        Decision.prototype.warnings = $util.emptyArray;

        /**
         * Creates a new Decision instance using the specified properties.
         * @function create
         * @memberof stimnet.Decision
         * @static
         * @param {stimnet.Decision.$Properties=} [properties] Properties to set
         * @returns {stimnet.Decision} Decision instance
         * @type {{
         *   (properties: stimnet.Decision.$Shape): stimnet.Decision & stimnet.Decision.$Shape;
         *   (properties?: stimnet.Decision.$Properties): stimnet.Decision;
         * }}
         */
        Decision.create = function(properties) {
            return new Decision(properties);
        };

        /**
         * Encodes the specified Decision message. Does not implicitly {@link stimnet.Decision.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Decision
         * @static
         * @param {stimnet.Decision.$Properties} message Decision message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Decision.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.allowed != null && $Object.hasOwnProperty.call(message, "allowed") && message.allowed !== false)
                writer.uint32(/* id 1, wireType 0 =*/8).bool(message.allowed);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.reason);
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.jobId);
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash") && message.requestHash !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.requestHash);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.state);
            if (message.warnings != null && message.warnings.length)
                for (let i = 0; i < message.warnings.length; ++i)
                    writer.uint32(/* id 7, wireType 2 =*/58).string(message.warnings[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Decision message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Decision
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Decision & stimnet.Decision.$Shape} Decision
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Decision.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Decision();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.allowed = value;
                        else
                            delete message.allowed;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requestHash = value;
                        else
                            delete message.requestHash;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.warnings && message.warnings.length))
                            message.warnings = [];
                        message.warnings.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Decision message.
         * @function verify
         * @memberof stimnet.Decision
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Decision.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.allowed != null && $Object.hasOwnProperty.call(message, "allowed"))
                if (typeof message.allowed !== "boolean")
                    return "allowed: boolean expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                if (!$util.isString(message.reason))
                    return "reason: string expected";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                if (!$util.isString(message.jobId))
                    return "jobId: string expected";
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                if (!$util.isString(message.requestHash))
                    return "requestHash: string expected";
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                if (!$util.isString(message.state))
                    return "state: string expected";
            if (message.warnings != null && $Object.hasOwnProperty.call(message, "warnings")) {
                if (!$Array.isArray(message.warnings))
                    return "warnings: array expected";
                for (let i = 0; i < message.warnings.length; ++i)
                    if (!$util.isString(message.warnings[i]))
                        return "warnings: string[] expected";
            }
            return null;
        };

        /**
         * Creates a Decision message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Decision
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Decision} Decision
         */
        Decision.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Decision)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Decision: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Decision();
            if (object.allowed != null)
                if (object.allowed)
                    message.allowed = $Boolean(object.allowed);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            if (object.reason != null)
                if (typeof object.reason !== "string" || object.reason.length)
                    message.reason = $String(object.reason);
            if (object.jobId != null)
                if (typeof object.jobId !== "string" || object.jobId.length)
                    message.jobId = $String(object.jobId);
            if (object.requestHash != null)
                if (typeof object.requestHash !== "string" || object.requestHash.length)
                    message.requestHash = $String(object.requestHash);
            if (object.state != null)
                if (typeof object.state !== "string" || object.state.length)
                    message.state = $String(object.state);
            if (object.warnings) {
                if (!$Array.isArray(object.warnings))
                    throw $TypeError(".stimnet.Decision.warnings: array expected");
                message.warnings = $Array(object.warnings.length);
                for (let i = 0; i < object.warnings.length; ++i)
                    message.warnings[i] = $String(object.warnings[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a Decision message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Decision
         * @static
         * @param {stimnet.Decision} message Decision
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Decision.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.warnings = [];
            if (options.defaults) {
                object.allowed = false;
                object.code = "";
                object.reason = "";
                object.jobId = "";
                object.requestHash = "";
                object.state = "";
            }
            if (message.allowed != null && $Object.hasOwnProperty.call(message, "allowed"))
                object.allowed = message.allowed;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                object.reason = message.reason;
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                object.jobId = message.jobId;
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                object.requestHash = message.requestHash;
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                object.state = message.state;
            if (message.warnings && message.warnings.length) {
                object.warnings = $Array(message.warnings.length);
                for (let j = 0; j < message.warnings.length; ++j)
                    object.warnings[j] = message.warnings[j];
            }
            return object;
        };

        /**
         * Converts this Decision to JSON.
         * @function toJSON
         * @memberof stimnet.Decision
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Decision.prototype.toJSON = function() {
            return Decision.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Decision;
    })();

    stimnet.CancelAsk = (function() {

        /**
         * Properties of a CancelAsk.
         * @typedef {Object} stimnet.CancelAsk.$Properties
         * @property {Uint8Array} [cancel] CancelAsk cancel
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CancelAsk.
         * @memberof stimnet
         * @interface ICancelAsk
         * @augments stimnet.CancelAsk.$Properties
         * @deprecated Use stimnet.CancelAsk.$Properties instead.
         */

        /**
         * Shape of a CancelAsk.
         * @typedef {stimnet.CancelAsk.$Properties} stimnet.CancelAsk.$Shape
         */

        /**
         * Constructs a new CancelAsk.
         * @memberof stimnet
         * @classdesc Represents a CancelAsk.
         * @constructor
         * @param {stimnet.CancelAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CancelAsk = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CancelAsk cancel.
         * @member {Uint8Array} cancel
         * @memberof stimnet.CancelAsk
         * @instance
         */
        CancelAsk.prototype.cancel = $util.newBuffer([]);

        /**
         * Creates a new CancelAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.CancelAsk
         * @static
         * @param {stimnet.CancelAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.CancelAsk} CancelAsk instance
         * @type {{
         *   (properties: stimnet.CancelAsk.$Shape): stimnet.CancelAsk & stimnet.CancelAsk.$Shape;
         *   (properties?: stimnet.CancelAsk.$Properties): stimnet.CancelAsk;
         * }}
         */
        CancelAsk.create = function(properties) {
            return new CancelAsk(properties);
        };

        /**
         * Encodes the specified CancelAsk message. Does not implicitly {@link stimnet.CancelAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CancelAsk
         * @static
         * @param {stimnet.CancelAsk.$Properties} message CancelAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CancelAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel") && message.cancel.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.cancel);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CancelAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CancelAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CancelAsk & stimnet.CancelAsk.$Shape} CancelAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CancelAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CancelAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.cancel = value;
                        else
                            delete message.cancel;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CancelAsk message.
         * @function verify
         * @memberof stimnet.CancelAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CancelAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel"))
                if (!(message.cancel && typeof message.cancel.length === "number" || $util.isString(message.cancel)))
                    return "cancel: buffer expected";
            return null;
        };

        /**
         * Creates a CancelAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CancelAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CancelAsk} CancelAsk
         */
        CancelAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CancelAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CancelAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CancelAsk();
            if (object.cancel != null)
                if (object.cancel.length)
                    if (typeof object.cancel === "string")
                        $util.base64.decode(object.cancel, message.cancel = $util.newBuffer($util.base64.length(object.cancel)), 0);
                    else if (object.cancel.length >= 0)
                        message.cancel = object.cancel;
            return message;
        };

        /**
         * Creates a plain object from a CancelAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CancelAsk
         * @static
         * @param {stimnet.CancelAsk} message CancelAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CancelAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                if (options.bytes === $String)
                    object.cancel = "";
                else {
                    object.cancel = [];
                    if (options.bytes !== $Array)
                        object.cancel = $util.newBuffer(object.cancel);
                }
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel"))
                object.cancel = options.bytes === $String ? $util.base64.encode(message.cancel, 0, message.cancel.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.cancel) : message.cancel;
            return object;
        };

        /**
         * Converts this CancelAsk to JSON.
         * @function toJSON
         * @memberof stimnet.CancelAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CancelAsk.prototype.toJSON = function() {
            return CancelAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CancelAsk;
    })();

    stimnet.CancelRequest = (function() {

        /**
         * Properties of a CancelRequest.
         * @typedef {Object} stimnet.CancelRequest.$Properties
         * @property {string} [jobId] CancelRequest jobId
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CancelRequest.
         * @memberof stimnet
         * @interface ICancelRequest
         * @augments stimnet.CancelRequest.$Properties
         * @deprecated Use stimnet.CancelRequest.$Properties instead.
         */

        /**
         * Shape of a CancelRequest.
         * @typedef {stimnet.CancelRequest.$Properties} stimnet.CancelRequest.$Shape
         */

        /**
         * Constructs a new CancelRequest.
         * @memberof stimnet
         * @classdesc Represents a CancelRequest.
         * @constructor
         * @param {stimnet.CancelRequest.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CancelRequest = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CancelRequest jobId.
         * @member {string} jobId
         * @memberof stimnet.CancelRequest
         * @instance
         */
        CancelRequest.prototype.jobId = "";

        /**
         * Creates a new CancelRequest instance using the specified properties.
         * @function create
         * @memberof stimnet.CancelRequest
         * @static
         * @param {stimnet.CancelRequest.$Properties=} [properties] Properties to set
         * @returns {stimnet.CancelRequest} CancelRequest instance
         * @type {{
         *   (properties: stimnet.CancelRequest.$Shape): stimnet.CancelRequest & stimnet.CancelRequest.$Shape;
         *   (properties?: stimnet.CancelRequest.$Properties): stimnet.CancelRequest;
         * }}
         */
        CancelRequest.create = function(properties) {
            return new CancelRequest(properties);
        };

        /**
         * Encodes the specified CancelRequest message. Does not implicitly {@link stimnet.CancelRequest.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CancelRequest
         * @static
         * @param {stimnet.CancelRequest.$Properties} message CancelRequest message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CancelRequest.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.jobId);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CancelRequest message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CancelRequest
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CancelRequest & stimnet.CancelRequest.$Shape} CancelRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CancelRequest.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CancelRequest();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CancelRequest message.
         * @function verify
         * @memberof stimnet.CancelRequest
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CancelRequest.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                if (!$util.isString(message.jobId))
                    return "jobId: string expected";
            return null;
        };

        /**
         * Creates a CancelRequest message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CancelRequest
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CancelRequest} CancelRequest
         */
        CancelRequest.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CancelRequest)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CancelRequest: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CancelRequest();
            if (object.jobId != null)
                if (typeof object.jobId !== "string" || object.jobId.length)
                    message.jobId = $String(object.jobId);
            return message;
        };

        /**
         * Creates a plain object from a CancelRequest message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CancelRequest
         * @static
         * @param {stimnet.CancelRequest} message CancelRequest
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CancelRequest.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.jobId = "";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                object.jobId = message.jobId;
            return object;
        };

        /**
         * Converts this CancelRequest to JSON.
         * @function toJSON
         * @memberof stimnet.CancelRequest
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CancelRequest.prototype.toJSON = function() {
            return CancelRequest.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CancelRequest;
    })();

    stimnet.CancelAnswer = (function() {

        /**
         * Properties of a CancelAnswer.
         * @typedef {Object} stimnet.CancelAnswer.$Properties
         * @property {boolean} [ok] CancelAnswer ok
         * @property {string} [code] CancelAnswer code
         * @property {string} [reason] CancelAnswer reason
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a CancelAnswer.
         * @memberof stimnet
         * @interface ICancelAnswer
         * @augments stimnet.CancelAnswer.$Properties
         * @deprecated Use stimnet.CancelAnswer.$Properties instead.
         */

        /**
         * Shape of a CancelAnswer.
         * @typedef {stimnet.CancelAnswer.$Properties} stimnet.CancelAnswer.$Shape
         */

        /**
         * Constructs a new CancelAnswer.
         * @memberof stimnet
         * @classdesc Represents a CancelAnswer.
         * @constructor
         * @param {stimnet.CancelAnswer.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const CancelAnswer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * CancelAnswer ok.
         * @member {boolean} ok
         * @memberof stimnet.CancelAnswer
         * @instance
         */
        CancelAnswer.prototype.ok = false;

        /**
         * CancelAnswer code.
         * @member {string} code
         * @memberof stimnet.CancelAnswer
         * @instance
         */
        CancelAnswer.prototype.code = "";

        /**
         * CancelAnswer reason.
         * @member {string} reason
         * @memberof stimnet.CancelAnswer
         * @instance
         */
        CancelAnswer.prototype.reason = "";

        /**
         * Creates a new CancelAnswer instance using the specified properties.
         * @function create
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {stimnet.CancelAnswer.$Properties=} [properties] Properties to set
         * @returns {stimnet.CancelAnswer} CancelAnswer instance
         * @type {{
         *   (properties: stimnet.CancelAnswer.$Shape): stimnet.CancelAnswer & stimnet.CancelAnswer.$Shape;
         *   (properties?: stimnet.CancelAnswer.$Properties): stimnet.CancelAnswer;
         * }}
         */
        CancelAnswer.create = function(properties) {
            return new CancelAnswer(properties);
        };

        /**
         * Encodes the specified CancelAnswer message. Does not implicitly {@link stimnet.CancelAnswer.verify|verify} messages.
         * @function encode
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {stimnet.CancelAnswer.$Properties} message CancelAnswer message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        CancelAnswer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.ok != null && $Object.hasOwnProperty.call(message, "ok") && message.ok !== false)
                writer.uint32(/* id 1, wireType 0 =*/8).bool(message.ok);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.code);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a CancelAnswer message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.CancelAnswer & stimnet.CancelAnswer.$Shape} CancelAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        CancelAnswer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.CancelAnswer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.ok = value;
                        else
                            delete message.ok;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a CancelAnswer message.
         * @function verify
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        CancelAnswer.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.ok != null && $Object.hasOwnProperty.call(message, "ok"))
                if (typeof message.ok !== "boolean")
                    return "ok: boolean expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                if (!$util.isString(message.reason))
                    return "reason: string expected";
            return null;
        };

        /**
         * Creates a CancelAnswer message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.CancelAnswer} CancelAnswer
         */
        CancelAnswer.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.CancelAnswer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.CancelAnswer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.CancelAnswer();
            if (object.ok != null)
                if (object.ok)
                    message.ok = $Boolean(object.ok);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            if (object.reason != null)
                if (typeof object.reason !== "string" || object.reason.length)
                    message.reason = $String(object.reason);
            return message;
        };

        /**
         * Creates a plain object from a CancelAnswer message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.CancelAnswer
         * @static
         * @param {stimnet.CancelAnswer} message CancelAnswer
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        CancelAnswer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.ok = false;
                object.code = "";
                object.reason = "";
            }
            if (message.ok != null && $Object.hasOwnProperty.call(message, "ok"))
                object.ok = message.ok;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                object.reason = message.reason;
            return object;
        };

        /**
         * Converts this CancelAnswer to JSON.
         * @function toJSON
         * @memberof stimnet.CancelAnswer
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        CancelAnswer.prototype.toJSON = function() {
            return CancelAnswer.toObject(this, $protobuf.util.toJSONOptions);
        };

        return CancelAnswer;
    })();

    stimnet.FollowAsk = (function() {

        /**
         * Properties of a FollowAsk.
         * @typedef {Object} stimnet.FollowAsk.$Properties
         * @property {string} [log] FollowAsk log
         * @property {number} [after] FollowAsk after
         * @property {Array.<string>} [openJobs] FollowAsk openJobs
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FollowAsk.
         * @memberof stimnet
         * @interface IFollowAsk
         * @augments stimnet.FollowAsk.$Properties
         * @deprecated Use stimnet.FollowAsk.$Properties instead.
         */

        /**
         * Shape of a FollowAsk.
         * @typedef {stimnet.FollowAsk.$Properties} stimnet.FollowAsk.$Shape
         */

        /**
         * Constructs a new FollowAsk.
         * @memberof stimnet
         * @classdesc Represents a FollowAsk.
         * @constructor
         * @param {stimnet.FollowAsk.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FollowAsk = function (properties) {
            this.openJobs = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FollowAsk log.
         * @member {string} log
         * @memberof stimnet.FollowAsk
         * @instance
         */
        FollowAsk.prototype.log = "";

        /**
         * FollowAsk after.
         * @member {number} after
         * @memberof stimnet.FollowAsk
         * @instance
         */
        FollowAsk.prototype.after = 0;

        /**
         * FollowAsk openJobs.
         * @member {Array.<string>} openJobs
         * @memberof stimnet.FollowAsk
         * @instance
         */
        FollowAsk.prototype.openJobs = $util.emptyArray;

        /**
         * Creates a new FollowAsk instance using the specified properties.
         * @function create
         * @memberof stimnet.FollowAsk
         * @static
         * @param {stimnet.FollowAsk.$Properties=} [properties] Properties to set
         * @returns {stimnet.FollowAsk} FollowAsk instance
         * @type {{
         *   (properties: stimnet.FollowAsk.$Shape): stimnet.FollowAsk & stimnet.FollowAsk.$Shape;
         *   (properties?: stimnet.FollowAsk.$Properties): stimnet.FollowAsk;
         * }}
         */
        FollowAsk.create = function(properties) {
            return new FollowAsk(properties);
        };

        /**
         * Encodes the specified FollowAsk message. Does not implicitly {@link stimnet.FollowAsk.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FollowAsk
         * @static
         * @param {stimnet.FollowAsk.$Properties} message FollowAsk message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FollowAsk.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.log != null && $Object.hasOwnProperty.call(message, "log") && message.log !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.log);
            if (message.after != null && $Object.hasOwnProperty.call(message, "after") && !$Object.is(message.after, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.after);
            if (message.openJobs != null && message.openJobs.length)
                for (let i = 0; i < message.openJobs.length; ++i)
                    writer.uint32(/* id 3, wireType 2 =*/26).string(message.openJobs[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FollowAsk message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FollowAsk
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FollowAsk & stimnet.FollowAsk.$Shape} FollowAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FollowAsk.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FollowAsk();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.log = value;
                        else
                            delete message.log;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.after = value;
                        else
                            delete message.after;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.openJobs && message.openJobs.length))
                            message.openJobs = [];
                        message.openJobs.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FollowAsk message.
         * @function verify
         * @memberof stimnet.FollowAsk
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FollowAsk.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.log != null && $Object.hasOwnProperty.call(message, "log"))
                if (!$util.isString(message.log))
                    return "log: string expected";
            if (message.after != null && $Object.hasOwnProperty.call(message, "after"))
                if (typeof message.after !== "number")
                    return "after: number expected";
            if (message.openJobs != null && $Object.hasOwnProperty.call(message, "openJobs")) {
                if (!$Array.isArray(message.openJobs))
                    return "openJobs: array expected";
                for (let i = 0; i < message.openJobs.length; ++i)
                    if (!$util.isString(message.openJobs[i]))
                        return "openJobs: string[] expected";
            }
            return null;
        };

        /**
         * Creates a FollowAsk message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FollowAsk
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FollowAsk} FollowAsk
         */
        FollowAsk.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FollowAsk)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FollowAsk: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FollowAsk();
            if (object.log != null)
                if (typeof object.log !== "string" || object.log.length)
                    message.log = $String(object.log);
            if (object.after != null)
                if (!$Object.is($Number(object.after), 0))
                    message.after = $Number(object.after);
            if (object.openJobs) {
                if (!$Array.isArray(object.openJobs))
                    throw $TypeError(".stimnet.FollowAsk.openJobs: array expected");
                message.openJobs = $Array(object.openJobs.length);
                for (let i = 0; i < object.openJobs.length; ++i)
                    message.openJobs[i] = $String(object.openJobs[i]);
            }
            return message;
        };

        /**
         * Creates a plain object from a FollowAsk message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FollowAsk
         * @static
         * @param {stimnet.FollowAsk} message FollowAsk
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FollowAsk.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.openJobs = [];
            if (options.defaults) {
                object.log = "";
                object.after = 0;
            }
            if (message.log != null && $Object.hasOwnProperty.call(message, "log"))
                object.log = message.log;
            if (message.after != null && $Object.hasOwnProperty.call(message, "after"))
                object.after = options.json && !$isFinite(message.after) ? $String(message.after) : message.after;
            if (message.openJobs && message.openJobs.length) {
                object.openJobs = $Array(message.openJobs.length);
                for (let j = 0; j < message.openJobs.length; ++j)
                    object.openJobs[j] = message.openJobs[j];
            }
            return object;
        };

        /**
         * Converts this FollowAsk to JSON.
         * @function toJSON
         * @memberof stimnet.FollowAsk
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FollowAsk.prototype.toJSON = function() {
            return FollowAsk.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FollowAsk;
    })();

    stimnet.FollowEvent = (function() {

        /**
         * Properties of a FollowEvent.
         * @typedef {Object} stimnet.FollowEvent.$Properties
         * @property {string} [log] FollowEvent log
         * @property {number} [sequence] FollowEvent sequence
         * @property {string} [jobId] FollowEvent jobId
         * @property {string} [state] FollowEvent state
         * @property {number} [progress] FollowEvent progress
         * @property {Uint8Array} [result] FollowEvent result
         * @property {boolean} [alive] FollowEvent alive
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a FollowEvent.
         * @memberof stimnet
         * @interface IFollowEvent
         * @augments stimnet.FollowEvent.$Properties
         * @deprecated Use stimnet.FollowEvent.$Properties instead.
         */

        /**
         * Shape of a FollowEvent.
         * @typedef {stimnet.FollowEvent.$Properties} stimnet.FollowEvent.$Shape
         */

        /**
         * Constructs a new FollowEvent.
         * @memberof stimnet
         * @classdesc Represents a FollowEvent.
         * @constructor
         * @param {stimnet.FollowEvent.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const FollowEvent = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * FollowEvent log.
         * @member {string} log
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.log = "";

        /**
         * FollowEvent sequence.
         * @member {number} sequence
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.sequence = 0;

        /**
         * FollowEvent jobId.
         * @member {string} jobId
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.jobId = "";

        /**
         * FollowEvent state.
         * @member {string} state
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.state = "";

        /**
         * FollowEvent progress.
         * @member {number} progress
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.progress = 0;

        /**
         * FollowEvent result.
         * @member {Uint8Array} result
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.result = $util.newBuffer([]);

        /**
         * FollowEvent alive.
         * @member {boolean} alive
         * @memberof stimnet.FollowEvent
         * @instance
         */
        FollowEvent.prototype.alive = false;

        /**
         * Creates a new FollowEvent instance using the specified properties.
         * @function create
         * @memberof stimnet.FollowEvent
         * @static
         * @param {stimnet.FollowEvent.$Properties=} [properties] Properties to set
         * @returns {stimnet.FollowEvent} FollowEvent instance
         * @type {{
         *   (properties: stimnet.FollowEvent.$Shape): stimnet.FollowEvent & stimnet.FollowEvent.$Shape;
         *   (properties?: stimnet.FollowEvent.$Properties): stimnet.FollowEvent;
         * }}
         */
        FollowEvent.create = function(properties) {
            return new FollowEvent(properties);
        };

        /**
         * Encodes the specified FollowEvent message. Does not implicitly {@link stimnet.FollowEvent.verify|verify} messages.
         * @function encode
         * @memberof stimnet.FollowEvent
         * @static
         * @param {stimnet.FollowEvent.$Properties} message FollowEvent message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        FollowEvent.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.log != null && $Object.hasOwnProperty.call(message, "log") && message.log !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.log);
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && !$Object.is(message.sequence, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.sequence);
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.jobId);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.state);
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress") && !$Object.is(message.progress, 0))
                writer.uint32(/* id 5, wireType 1 =*/41).double(message.progress);
            if (message.result != null && $Object.hasOwnProperty.call(message, "result") && message.result.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.result);
            if (message.alive != null && $Object.hasOwnProperty.call(message, "alive") && message.alive !== false)
                writer.uint32(/* id 7, wireType 0 =*/56).bool(message.alive);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a FollowEvent message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.FollowEvent
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.FollowEvent & stimnet.FollowEvent.$Shape} FollowEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        FollowEvent.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.FollowEvent();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.log = value;
                        else
                            delete message.log;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.sequence = value;
                        else
                            delete message.sequence;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.progress = value;
                        else
                            delete message.progress;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.result = value;
                        else
                            delete message.result;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.alive = value;
                        else
                            delete message.alive;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a FollowEvent message.
         * @function verify
         * @memberof stimnet.FollowEvent
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        FollowEvent.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.log != null && $Object.hasOwnProperty.call(message, "log"))
                if (!$util.isString(message.log))
                    return "log: string expected";
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                if (typeof message.sequence !== "number")
                    return "sequence: number expected";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                if (!$util.isString(message.jobId))
                    return "jobId: string expected";
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                if (!$util.isString(message.state))
                    return "state: string expected";
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress"))
                if (typeof message.progress !== "number")
                    return "progress: number expected";
            if (message.result != null && $Object.hasOwnProperty.call(message, "result"))
                if (!(message.result && typeof message.result.length === "number" || $util.isString(message.result)))
                    return "result: buffer expected";
            if (message.alive != null && $Object.hasOwnProperty.call(message, "alive"))
                if (typeof message.alive !== "boolean")
                    return "alive: boolean expected";
            return null;
        };

        /**
         * Creates a FollowEvent message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.FollowEvent
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.FollowEvent} FollowEvent
         */
        FollowEvent.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.FollowEvent)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.FollowEvent: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.FollowEvent();
            if (object.log != null)
                if (typeof object.log !== "string" || object.log.length)
                    message.log = $String(object.log);
            if (object.sequence != null)
                if (!$Object.is($Number(object.sequence), 0))
                    message.sequence = $Number(object.sequence);
            if (object.jobId != null)
                if (typeof object.jobId !== "string" || object.jobId.length)
                    message.jobId = $String(object.jobId);
            if (object.state != null)
                if (typeof object.state !== "string" || object.state.length)
                    message.state = $String(object.state);
            if (object.progress != null)
                if (!$Object.is($Number(object.progress), 0))
                    message.progress = $Number(object.progress);
            if (object.result != null)
                if (object.result.length)
                    if (typeof object.result === "string")
                        $util.base64.decode(object.result, message.result = $util.newBuffer($util.base64.length(object.result)), 0);
                    else if (object.result.length >= 0)
                        message.result = object.result;
            if (object.alive != null)
                if (object.alive)
                    message.alive = $Boolean(object.alive);
            return message;
        };

        /**
         * Creates a plain object from a FollowEvent message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.FollowEvent
         * @static
         * @param {stimnet.FollowEvent} message FollowEvent
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        FollowEvent.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.log = "";
                object.sequence = 0;
                object.jobId = "";
                object.state = "";
                object.progress = 0;
                if (options.bytes === $String)
                    object.result = "";
                else {
                    object.result = [];
                    if (options.bytes !== $Array)
                        object.result = $util.newBuffer(object.result);
                }
                object.alive = false;
            }
            if (message.log != null && $Object.hasOwnProperty.call(message, "log"))
                object.log = message.log;
            if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence"))
                object.sequence = options.json && !$isFinite(message.sequence) ? $String(message.sequence) : message.sequence;
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                object.jobId = message.jobId;
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                object.state = message.state;
            if (message.progress != null && $Object.hasOwnProperty.call(message, "progress"))
                object.progress = options.json && !$isFinite(message.progress) ? $String(message.progress) : message.progress;
            if (message.result != null && $Object.hasOwnProperty.call(message, "result"))
                object.result = options.bytes === $String ? $util.base64.encode(message.result, 0, message.result.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.result) : message.result;
            if (message.alive != null && $Object.hasOwnProperty.call(message, "alive"))
                object.alive = message.alive;
            return object;
        };

        /**
         * Converts this FollowEvent to JSON.
         * @function toJSON
         * @memberof stimnet.FollowEvent
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        FollowEvent.prototype.toJSON = function() {
            return FollowEvent.toObject(this, $protobuf.util.toJSONOptions);
        };

        return FollowEvent;
    })();

    stimnet.JobResult = (function() {

        /**
         * Properties of a JobResult.
         * @typedef {Object} stimnet.JobResult.$Properties
         * @property {string} [jobId] JobResult jobId
         * @property {string} [state] JobResult state
         * @property {string} [code] JobResult code
         * @property {string} [reason] JobResult reason
         * @property {Uint8Array} [outputJson] JobResult outputJson
         * @property {stimnet.Receipt.$Properties} [receipt] JobResult receipt
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a JobResult.
         * @memberof stimnet
         * @interface IJobResult
         * @augments stimnet.JobResult.$Properties
         * @deprecated Use stimnet.JobResult.$Properties instead.
         */

        /**
         * Shape of a JobResult.
         * @typedef {stimnet.JobResult.$Properties} stimnet.JobResult.$Shape
         */

        /**
         * Constructs a new JobResult.
         * @memberof stimnet
         * @classdesc Represents a JobResult.
         * @constructor
         * @param {stimnet.JobResult.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const JobResult = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * JobResult jobId.
         * @member {string} jobId
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.jobId = "";

        /**
         * JobResult state.
         * @member {string} state
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.state = "";

        /**
         * JobResult code.
         * @member {string} code
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.code = "";

        /**
         * JobResult reason.
         * @member {string} reason
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.reason = "";

        /**
         * JobResult outputJson.
         * @member {Uint8Array} outputJson
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.outputJson = $util.newBuffer([]);

        /**
         * JobResult receipt.
         * @member {stimnet.Receipt} receipt
         * @memberof stimnet.JobResult
         * @instance
         */
        JobResult.prototype.receipt = null;

        /**
         * Creates a new JobResult instance using the specified properties.
         * @function create
         * @memberof stimnet.JobResult
         * @static
         * @param {stimnet.JobResult.$Properties=} [properties] Properties to set
         * @returns {stimnet.JobResult} JobResult instance
         * @type {{
         *   (properties: stimnet.JobResult.$Shape): stimnet.JobResult & stimnet.JobResult.$Shape;
         *   (properties?: stimnet.JobResult.$Properties): stimnet.JobResult;
         * }}
         */
        JobResult.create = function(properties) {
            return new JobResult(properties);
        };

        /**
         * Encodes the specified JobResult message. Does not implicitly {@link stimnet.JobResult.verify|verify} messages.
         * @function encode
         * @memberof stimnet.JobResult
         * @static
         * @param {stimnet.JobResult.$Properties} message JobResult message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        JobResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId") && message.jobId !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.jobId);
            if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.state);
            if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.code);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.reason);
            if (message.outputJson != null && $Object.hasOwnProperty.call(message, "outputJson") && message.outputJson.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.outputJson);
            if (message.receipt != null && $Object.hasOwnProperty.call(message, "receipt"))
                $root.stimnet.Receipt.encode(message.receipt, writer.uint32(/* id 6, wireType 2 =*/50).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a JobResult message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.JobResult
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.JobResult & stimnet.JobResult.$Shape} JobResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        JobResult.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.JobResult();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.jobId = value;
                        else
                            delete message.jobId;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.state = value;
                        else
                            delete message.state;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.code = value;
                        else
                            delete message.code;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.outputJson = value;
                        else
                            delete message.outputJson;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.receipt = $root.stimnet.Receipt.decode(reader, reader.size(), $undefined, _depth + 1, message.receipt);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a JobResult message.
         * @function verify
         * @memberof stimnet.JobResult
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        JobResult.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                if (!$util.isString(message.jobId))
                    return "jobId: string expected";
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                if (!$util.isString(message.state))
                    return "state: string expected";
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                if (!$util.isString(message.code))
                    return "code: string expected";
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                if (!$util.isString(message.reason))
                    return "reason: string expected";
            if (message.outputJson != null && $Object.hasOwnProperty.call(message, "outputJson"))
                if (!(message.outputJson && typeof message.outputJson.length === "number" || $util.isString(message.outputJson)))
                    return "outputJson: buffer expected";
            if (message.receipt != null && $Object.hasOwnProperty.call(message, "receipt")) {
                let error = $root.stimnet.Receipt.verify(message.receipt, _depth + 1);
                if (error)
                    return "receipt." + error;
            }
            return null;
        };

        /**
         * Creates a JobResult message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.JobResult
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.JobResult} JobResult
         */
        JobResult.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.JobResult)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.JobResult: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.JobResult();
            if (object.jobId != null)
                if (typeof object.jobId !== "string" || object.jobId.length)
                    message.jobId = $String(object.jobId);
            if (object.state != null)
                if (typeof object.state !== "string" || object.state.length)
                    message.state = $String(object.state);
            if (object.code != null)
                if (typeof object.code !== "string" || object.code.length)
                    message.code = $String(object.code);
            if (object.reason != null)
                if (typeof object.reason !== "string" || object.reason.length)
                    message.reason = $String(object.reason);
            if (object.outputJson != null)
                if (object.outputJson.length)
                    if (typeof object.outputJson === "string")
                        $util.base64.decode(object.outputJson, message.outputJson = $util.newBuffer($util.base64.length(object.outputJson)), 0);
                    else if (object.outputJson.length >= 0)
                        message.outputJson = object.outputJson;
            if (object.receipt != null) {
                if (!$util.isObject(object.receipt))
                    throw $TypeError(".stimnet.JobResult.receipt: object expected");
                message.receipt = $root.stimnet.Receipt.fromObject(object.receipt, _depth + 1);
            }
            return message;
        };

        /**
         * Creates a plain object from a JobResult message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.JobResult
         * @static
         * @param {stimnet.JobResult} message JobResult
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        JobResult.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.jobId = "";
                object.state = "";
                object.code = "";
                object.reason = "";
                if (options.bytes === $String)
                    object.outputJson = "";
                else {
                    object.outputJson = [];
                    if (options.bytes !== $Array)
                        object.outputJson = $util.newBuffer(object.outputJson);
                }
                object.receipt = null;
            }
            if (message.jobId != null && $Object.hasOwnProperty.call(message, "jobId"))
                object.jobId = message.jobId;
            if (message.state != null && $Object.hasOwnProperty.call(message, "state"))
                object.state = message.state;
            if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                object.code = message.code;
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                object.reason = message.reason;
            if (message.outputJson != null && $Object.hasOwnProperty.call(message, "outputJson"))
                object.outputJson = options.bytes === $String ? $util.base64.encode(message.outputJson, 0, message.outputJson.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.outputJson) : message.outputJson;
            if (message.receipt != null && $Object.hasOwnProperty.call(message, "receipt"))
                object.receipt = $root.stimnet.Receipt.toObject(message.receipt, options, _depth + 1);
            return object;
        };

        /**
         * Converts this JobResult to JSON.
         * @function toJSON
         * @memberof stimnet.JobResult
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        JobResult.prototype.toJSON = function() {
            return JobResult.toObject(this, $protobuf.util.toJSONOptions);
        };

        return JobResult;
    })();

    stimnet.Receipt = (function() {

        /**
         * Properties of a Receipt.
         * @typedef {Object} stimnet.Receipt.$Properties
         * @property {string} [requestHash] Receipt requestHash
         * @property {string} [outputHash] Receipt outputHash
         * @property {string} [epoch] Receipt epoch
         * @property {string} [codeHash] Receipt codeHash
         * @property {string} [image] Receipt image
         * @property {string} [policyHash] Receipt policyHash
         * @property {string} [auditHead] Receipt auditHead
         * @property {number} [auditSequence] Receipt auditSequence
         * @property {number} [releasedAtMs] Receipt releasedAtMs
         * @property {string} [requester] Receipt requester
         * @property {string} [custody] Receipt custody
         * @property {string} [engine] Receipt engine
         * @property {string} [grade] Receipt grade
         * @property {stimnet.AuditProof.$Properties} [audit] Receipt audit
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of a Receipt.
         * @memberof stimnet
         * @interface IReceipt
         * @augments stimnet.Receipt.$Properties
         * @deprecated Use stimnet.Receipt.$Properties instead.
         */

        /**
         * Shape of a Receipt.
         * @typedef {stimnet.Receipt.$Properties} stimnet.Receipt.$Shape
         */

        /**
         * Constructs a new Receipt.
         * @memberof stimnet
         * @classdesc Represents a Receipt.
         * @constructor
         * @param {stimnet.Receipt.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const Receipt = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * Receipt requestHash.
         * @member {string} requestHash
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.requestHash = "";

        /**
         * Receipt outputHash.
         * @member {string} outputHash
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.outputHash = "";

        /**
         * Receipt epoch.
         * @member {string} epoch
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.epoch = "";

        /**
         * Receipt codeHash.
         * @member {string} codeHash
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.codeHash = "";

        /**
         * Receipt image.
         * @member {string} image
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.image = "";

        /**
         * Receipt policyHash.
         * @member {string} policyHash
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.policyHash = "";

        /**
         * Receipt auditHead.
         * @member {string} auditHead
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.auditHead = "";

        /**
         * Receipt auditSequence.
         * @member {number} auditSequence
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.auditSequence = 0;

        /**
         * Receipt releasedAtMs.
         * @member {number} releasedAtMs
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.releasedAtMs = 0;

        /**
         * Receipt requester.
         * @member {string} requester
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.requester = "";

        /**
         * Receipt custody.
         * @member {string} custody
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.custody = "";

        /**
         * Receipt engine.
         * @member {string} engine
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.engine = "";

        /**
         * Receipt grade.
         * @member {string} grade
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.grade = "";

        /**
         * Receipt audit.
         * @member {stimnet.AuditProof} audit
         * @memberof stimnet.Receipt
         * @instance
         */
        Receipt.prototype.audit = null;

        /**
         * Creates a new Receipt instance using the specified properties.
         * @function create
         * @memberof stimnet.Receipt
         * @static
         * @param {stimnet.Receipt.$Properties=} [properties] Properties to set
         * @returns {stimnet.Receipt} Receipt instance
         * @type {{
         *   (properties: stimnet.Receipt.$Shape): stimnet.Receipt & stimnet.Receipt.$Shape;
         *   (properties?: stimnet.Receipt.$Properties): stimnet.Receipt;
         * }}
         */
        Receipt.create = function(properties) {
            return new Receipt(properties);
        };

        /**
         * Encodes the specified Receipt message. Does not implicitly {@link stimnet.Receipt.verify|verify} messages.
         * @function encode
         * @memberof stimnet.Receipt
         * @static
         * @param {stimnet.Receipt.$Properties} message Receipt message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        Receipt.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash") && message.requestHash !== "")
                writer.uint32(/* id 1, wireType 2 =*/10).string(message.requestHash);
            if (message.outputHash != null && $Object.hasOwnProperty.call(message, "outputHash") && message.outputHash !== "")
                writer.uint32(/* id 2, wireType 2 =*/18).string(message.outputHash);
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && message.epoch !== "")
                writer.uint32(/* id 3, wireType 2 =*/26).string(message.epoch);
            if (message.codeHash != null && $Object.hasOwnProperty.call(message, "codeHash") && message.codeHash !== "")
                writer.uint32(/* id 4, wireType 2 =*/34).string(message.codeHash);
            if (message.image != null && $Object.hasOwnProperty.call(message, "image") && message.image !== "")
                writer.uint32(/* id 5, wireType 2 =*/42).string(message.image);
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash") && message.policyHash !== "")
                writer.uint32(/* id 6, wireType 2 =*/50).string(message.policyHash);
            if (message.auditHead != null && $Object.hasOwnProperty.call(message, "auditHead") && message.auditHead !== "")
                writer.uint32(/* id 7, wireType 2 =*/58).string(message.auditHead);
            if (message.auditSequence != null && $Object.hasOwnProperty.call(message, "auditSequence") && !$Object.is(message.auditSequence, 0))
                writer.uint32(/* id 8, wireType 1 =*/65).double(message.auditSequence);
            if (message.releasedAtMs != null && $Object.hasOwnProperty.call(message, "releasedAtMs") && !$Object.is(message.releasedAtMs, 0))
                writer.uint32(/* id 9, wireType 1 =*/73).double(message.releasedAtMs);
            if (message.requester != null && $Object.hasOwnProperty.call(message, "requester") && message.requester !== "")
                writer.uint32(/* id 10, wireType 2 =*/82).string(message.requester);
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody") && message.custody !== "")
                writer.uint32(/* id 11, wireType 2 =*/90).string(message.custody);
            if (message.engine != null && $Object.hasOwnProperty.call(message, "engine") && message.engine !== "")
                writer.uint32(/* id 12, wireType 2 =*/98).string(message.engine);
            if (message.grade != null && $Object.hasOwnProperty.call(message, "grade") && message.grade !== "")
                writer.uint32(/* id 13, wireType 2 =*/106).string(message.grade);
            if (message.audit != null && $Object.hasOwnProperty.call(message, "audit"))
                $root.stimnet.AuditProof.encode(message.audit, writer.uint32(/* id 14, wireType 2 =*/114).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes a Receipt message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.Receipt
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.Receipt & stimnet.Receipt.$Shape} Receipt
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        Receipt.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.Receipt();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requestHash = value;
                        else
                            delete message.requestHash;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.outputHash = value;
                        else
                            delete message.outputHash;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.epoch = value;
                        else
                            delete message.epoch;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.codeHash = value;
                        else
                            delete message.codeHash;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.image = value;
                        else
                            delete message.image;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.policyHash = value;
                        else
                            delete message.policyHash;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.auditHead = value;
                        else
                            delete message.auditHead;
                        continue;
                    }
                case 8: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.auditSequence = value;
                        else
                            delete message.auditSequence;
                        continue;
                    }
                case 9: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.releasedAtMs = value;
                        else
                            delete message.releasedAtMs;
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.requester = value;
                        else
                            delete message.requester;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.custody = value;
                        else
                            delete message.custody;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.engine = value;
                        else
                            delete message.engine;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.grade = value;
                        else
                            delete message.grade;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.audit = $root.stimnet.AuditProof.decode(reader, reader.size(), $undefined, _depth + 1, message.audit);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies a Receipt message.
         * @function verify
         * @memberof stimnet.Receipt
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        Receipt.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                if (!$util.isString(message.requestHash))
                    return "requestHash: string expected";
            if (message.outputHash != null && $Object.hasOwnProperty.call(message, "outputHash"))
                if (!$util.isString(message.outputHash))
                    return "outputHash: string expected";
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                if (!$util.isString(message.epoch))
                    return "epoch: string expected";
            if (message.codeHash != null && $Object.hasOwnProperty.call(message, "codeHash"))
                if (!$util.isString(message.codeHash))
                    return "codeHash: string expected";
            if (message.image != null && $Object.hasOwnProperty.call(message, "image"))
                if (!$util.isString(message.image))
                    return "image: string expected";
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash"))
                if (!$util.isString(message.policyHash))
                    return "policyHash: string expected";
            if (message.auditHead != null && $Object.hasOwnProperty.call(message, "auditHead"))
                if (!$util.isString(message.auditHead))
                    return "auditHead: string expected";
            if (message.auditSequence != null && $Object.hasOwnProperty.call(message, "auditSequence"))
                if (typeof message.auditSequence !== "number")
                    return "auditSequence: number expected";
            if (message.releasedAtMs != null && $Object.hasOwnProperty.call(message, "releasedAtMs"))
                if (typeof message.releasedAtMs !== "number")
                    return "releasedAtMs: number expected";
            if (message.requester != null && $Object.hasOwnProperty.call(message, "requester"))
                if (!$util.isString(message.requester))
                    return "requester: string expected";
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody"))
                if (!$util.isString(message.custody))
                    return "custody: string expected";
            if (message.engine != null && $Object.hasOwnProperty.call(message, "engine"))
                if (!$util.isString(message.engine))
                    return "engine: string expected";
            if (message.grade != null && $Object.hasOwnProperty.call(message, "grade"))
                if (!$util.isString(message.grade))
                    return "grade: string expected";
            if (message.audit != null && $Object.hasOwnProperty.call(message, "audit")) {
                let error = $root.stimnet.AuditProof.verify(message.audit, _depth + 1);
                if (error)
                    return "audit." + error;
            }
            return null;
        };

        /**
         * Creates a Receipt message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.Receipt
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.Receipt} Receipt
         */
        Receipt.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.Receipt)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.Receipt: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.Receipt();
            if (object.requestHash != null)
                if (typeof object.requestHash !== "string" || object.requestHash.length)
                    message.requestHash = $String(object.requestHash);
            if (object.outputHash != null)
                if (typeof object.outputHash !== "string" || object.outputHash.length)
                    message.outputHash = $String(object.outputHash);
            if (object.epoch != null)
                if (typeof object.epoch !== "string" || object.epoch.length)
                    message.epoch = $String(object.epoch);
            if (object.codeHash != null)
                if (typeof object.codeHash !== "string" || object.codeHash.length)
                    message.codeHash = $String(object.codeHash);
            if (object.image != null)
                if (typeof object.image !== "string" || object.image.length)
                    message.image = $String(object.image);
            if (object.policyHash != null)
                if (typeof object.policyHash !== "string" || object.policyHash.length)
                    message.policyHash = $String(object.policyHash);
            if (object.auditHead != null)
                if (typeof object.auditHead !== "string" || object.auditHead.length)
                    message.auditHead = $String(object.auditHead);
            if (object.auditSequence != null)
                if (!$Object.is($Number(object.auditSequence), 0))
                    message.auditSequence = $Number(object.auditSequence);
            if (object.releasedAtMs != null)
                if (!$Object.is($Number(object.releasedAtMs), 0))
                    message.releasedAtMs = $Number(object.releasedAtMs);
            if (object.requester != null)
                if (typeof object.requester !== "string" || object.requester.length)
                    message.requester = $String(object.requester);
            if (object.custody != null)
                if (typeof object.custody !== "string" || object.custody.length)
                    message.custody = $String(object.custody);
            if (object.engine != null)
                if (typeof object.engine !== "string" || object.engine.length)
                    message.engine = $String(object.engine);
            if (object.grade != null)
                if (typeof object.grade !== "string" || object.grade.length)
                    message.grade = $String(object.grade);
            if (object.audit != null) {
                if (!$util.isObject(object.audit))
                    throw $TypeError(".stimnet.Receipt.audit: object expected");
                message.audit = $root.stimnet.AuditProof.fromObject(object.audit, _depth + 1);
            }
            return message;
        };

        /**
         * Creates a plain object from a Receipt message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.Receipt
         * @static
         * @param {stimnet.Receipt} message Receipt
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        Receipt.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.requestHash = "";
                object.outputHash = "";
                object.epoch = "";
                object.codeHash = "";
                object.image = "";
                object.policyHash = "";
                object.auditHead = "";
                object.auditSequence = 0;
                object.releasedAtMs = 0;
                object.requester = "";
                object.custody = "";
                object.engine = "";
                object.grade = "";
                object.audit = null;
            }
            if (message.requestHash != null && $Object.hasOwnProperty.call(message, "requestHash"))
                object.requestHash = message.requestHash;
            if (message.outputHash != null && $Object.hasOwnProperty.call(message, "outputHash"))
                object.outputHash = message.outputHash;
            if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch"))
                object.epoch = message.epoch;
            if (message.codeHash != null && $Object.hasOwnProperty.call(message, "codeHash"))
                object.codeHash = message.codeHash;
            if (message.image != null && $Object.hasOwnProperty.call(message, "image"))
                object.image = message.image;
            if (message.policyHash != null && $Object.hasOwnProperty.call(message, "policyHash"))
                object.policyHash = message.policyHash;
            if (message.auditHead != null && $Object.hasOwnProperty.call(message, "auditHead"))
                object.auditHead = message.auditHead;
            if (message.auditSequence != null && $Object.hasOwnProperty.call(message, "auditSequence"))
                object.auditSequence = options.json && !$isFinite(message.auditSequence) ? $String(message.auditSequence) : message.auditSequence;
            if (message.releasedAtMs != null && $Object.hasOwnProperty.call(message, "releasedAtMs"))
                object.releasedAtMs = options.json && !$isFinite(message.releasedAtMs) ? $String(message.releasedAtMs) : message.releasedAtMs;
            if (message.requester != null && $Object.hasOwnProperty.call(message, "requester"))
                object.requester = message.requester;
            if (message.custody != null && $Object.hasOwnProperty.call(message, "custody"))
                object.custody = message.custody;
            if (message.engine != null && $Object.hasOwnProperty.call(message, "engine"))
                object.engine = message.engine;
            if (message.grade != null && $Object.hasOwnProperty.call(message, "grade"))
                object.grade = message.grade;
            if (message.audit != null && $Object.hasOwnProperty.call(message, "audit"))
                object.audit = $root.stimnet.AuditProof.toObject(message.audit, options, _depth + 1);
            return object;
        };

        /**
         * Converts this Receipt to JSON.
         * @function toJSON
         * @memberof stimnet.Receipt
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        Receipt.prototype.toJSON = function() {
            return Receipt.toObject(this, $protobuf.util.toJSONOptions);
        };

        return Receipt;
    })();

    stimnet.AuditProof = (function() {

        /**
         * Properties of an AuditProof.
         * @typedef {Object} stimnet.AuditProof.$Properties
         * @property {Uint8Array} [entry] AuditProof entry
         * @property {number} [index] AuditProof index
         * @property {number} [size] AuditProof size
         * @property {Array.<Uint8Array>} [path] AuditProof path
         * @property {Uint8Array} [root] AuditProof root
         * @property {Uint8Array} [record] AuditProof record
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */

        /**
         * Properties of an AuditProof.
         * @memberof stimnet
         * @interface IAuditProof
         * @augments stimnet.AuditProof.$Properties
         * @deprecated Use stimnet.AuditProof.$Properties instead.
         */

        /**
         * Shape of an AuditProof.
         * @typedef {stimnet.AuditProof.$Properties} stimnet.AuditProof.$Shape
         */

        /**
         * Constructs a new AuditProof.
         * @memberof stimnet
         * @classdesc Represents an AuditProof.
         * @constructor
         * @param {stimnet.AuditProof.$Properties=} [properties] Properties to set
         * @property {Array.<Uint8Array>} [$unknowns] Unknown fields preserved while decoding when enabled
         */
        const AuditProof = function (properties) {
            this.path = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        /**
         * AuditProof entry.
         * @member {Uint8Array} entry
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.entry = $util.newBuffer([]);

        /**
         * AuditProof index.
         * @member {number} index
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.index = 0;

        /**
         * AuditProof size.
         * @member {number} size
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.size = 0;

        /**
         * AuditProof path.
         * @member {Array.<Uint8Array>} path
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.path = $util.emptyArray;

        /**
         * AuditProof root.
         * @member {Uint8Array} root
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.root = $util.newBuffer([]);

        /**
         * AuditProof record.
         * @member {Uint8Array} record
         * @memberof stimnet.AuditProof
         * @instance
         */
        AuditProof.prototype.record = $util.newBuffer([]);

        /**
         * Creates a new AuditProof instance using the specified properties.
         * @function create
         * @memberof stimnet.AuditProof
         * @static
         * @param {stimnet.AuditProof.$Properties=} [properties] Properties to set
         * @returns {stimnet.AuditProof} AuditProof instance
         * @type {{
         *   (properties: stimnet.AuditProof.$Shape): stimnet.AuditProof & stimnet.AuditProof.$Shape;
         *   (properties?: stimnet.AuditProof.$Properties): stimnet.AuditProof;
         * }}
         */
        AuditProof.create = function(properties) {
            return new AuditProof(properties);
        };

        /**
         * Encodes the specified AuditProof message. Does not implicitly {@link stimnet.AuditProof.verify|verify} messages.
         * @function encode
         * @memberof stimnet.AuditProof
         * @static
         * @param {stimnet.AuditProof.$Properties} message AuditProof message or plain object to encode
         * @param {$protobuf.Writer} [writer] Writer to encode to
         * @returns {$protobuf.Writer} Writer
         */
        AuditProof.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.entry != null && $Object.hasOwnProperty.call(message, "entry") && message.entry.length)
                writer.uint32(/* id 1, wireType 2 =*/10).bytes(message.entry);
            if (message.index != null && $Object.hasOwnProperty.call(message, "index") && !$Object.is(message.index, 0))
                writer.uint32(/* id 2, wireType 1 =*/17).double(message.index);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && !$Object.is(message.size, 0))
                writer.uint32(/* id 3, wireType 1 =*/25).double(message.size);
            if (message.path != null && message.path.length)
                for (let i = 0; i < message.path.length; ++i)
                    writer.uint32(/* id 4, wireType 2 =*/34).bytes(message.path[i]);
            if (message.root != null && $Object.hasOwnProperty.call(message, "root") && message.root.length)
                writer.uint32(/* id 5, wireType 2 =*/42).bytes(message.root);
            if (message.record != null && $Object.hasOwnProperty.call(message, "record") && message.record.length)
                writer.uint32(/* id 6, wireType 2 =*/50).bytes(message.record);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        /**
         * Decodes an AuditProof message from the specified reader or buffer.
         * @function decode
         * @memberof stimnet.AuditProof
         * @static
         * @param {$protobuf.Reader|Uint8Array} reader Reader or buffer to decode from
         * @param {number} [length] Message length if known beforehand
         * @returns {stimnet.AuditProof & stimnet.AuditProof.$Shape} AuditProof
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        AuditProof.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.stimnet.AuditProof();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.entry = value;
                        else
                            delete message.entry;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.index = value;
                        else
                            delete message.index;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.path && message.path.length))
                            message.path = [];
                        message.path.push(reader.bytes());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.root = value;
                        else
                            delete message.root;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.record = value;
                        else
                            delete message.record;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        /**
         * Verifies an AuditProof message.
         * @function verify
         * @memberof stimnet.AuditProof
         * @static
         * @param {Object.<string,*>} message Plain object to verify
         * @returns {string|null} `null` if valid, otherwise the reason why it is not
         */
        AuditProof.verify = function (message, _depth) {
            if (typeof message !== "object" || message === null)
                return "object expected";
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                return "max depth exceeded";
            if (message.entry != null && $Object.hasOwnProperty.call(message, "entry"))
                if (!(message.entry && typeof message.entry.length === "number" || $util.isString(message.entry)))
                    return "entry: buffer expected";
            if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                if (typeof message.index !== "number")
                    return "index: number expected";
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                if (typeof message.size !== "number")
                    return "size: number expected";
            if (message.path != null && $Object.hasOwnProperty.call(message, "path")) {
                if (!$Array.isArray(message.path))
                    return "path: array expected";
                for (let i = 0; i < message.path.length; ++i)
                    if (!(message.path[i] && typeof message.path[i].length === "number" || $util.isString(message.path[i])))
                        return "path: buffer[] expected";
            }
            if (message.root != null && $Object.hasOwnProperty.call(message, "root"))
                if (!(message.root && typeof message.root.length === "number" || $util.isString(message.root)))
                    return "root: buffer expected";
            if (message.record != null && $Object.hasOwnProperty.call(message, "record"))
                if (!(message.record && typeof message.record.length === "number" || $util.isString(message.record)))
                    return "record: buffer expected";
            return null;
        };

        /**
         * Creates an AuditProof message from a plain object. Also converts values to their respective internal types.
         * @function fromObject
         * @memberof stimnet.AuditProof
         * @static
         * @param {Object.<string,*>} object Plain object
         * @returns {stimnet.AuditProof} AuditProof
         */
        AuditProof.fromObject = function (object, _depth) {
            if (object instanceof $root.stimnet.AuditProof)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".stimnet.AuditProof: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.stimnet.AuditProof();
            if (object.entry != null)
                if (object.entry.length)
                    if (typeof object.entry === "string")
                        $util.base64.decode(object.entry, message.entry = $util.newBuffer($util.base64.length(object.entry)), 0);
                    else if (object.entry.length >= 0)
                        message.entry = object.entry;
            if (object.index != null)
                if (!$Object.is($Number(object.index), 0))
                    message.index = $Number(object.index);
            if (object.size != null)
                if (!$Object.is($Number(object.size), 0))
                    message.size = $Number(object.size);
            if (object.path) {
                if (!$Array.isArray(object.path))
                    throw $TypeError(".stimnet.AuditProof.path: array expected");
                message.path = $Array(object.path.length);
                for (let i = 0; i < object.path.length; ++i)
                    if (typeof object.path[i] === "string")
                        $util.base64.decode(object.path[i], message.path[i] = $util.newBuffer($util.base64.length(object.path[i])), 0);
                    else if (object.path[i].length >= 0)
                        message.path[i] = object.path[i];
            }
            if (object.root != null)
                if (object.root.length)
                    if (typeof object.root === "string")
                        $util.base64.decode(object.root, message.root = $util.newBuffer($util.base64.length(object.root)), 0);
                    else if (object.root.length >= 0)
                        message.root = object.root;
            if (object.record != null)
                if (object.record.length)
                    if (typeof object.record === "string")
                        $util.base64.decode(object.record, message.record = $util.newBuffer($util.base64.length(object.record)), 0);
                    else if (object.record.length >= 0)
                        message.record = object.record;
            return message;
        };

        /**
         * Creates a plain object from an AuditProof message. Also converts values to other types if specified.
         * @function toObject
         * @memberof stimnet.AuditProof
         * @static
         * @param {stimnet.AuditProof} message AuditProof
         * @param {$protobuf.IConversionOptions} [options] Conversion options
         * @returns {Object.<string,*>} Plain object
         */
        AuditProof.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.path = [];
            if (options.defaults) {
                if (options.bytes === $String)
                    object.entry = "";
                else {
                    object.entry = [];
                    if (options.bytes !== $Array)
                        object.entry = $util.newBuffer(object.entry);
                }
                object.index = 0;
                object.size = 0;
                if (options.bytes === $String)
                    object.root = "";
                else {
                    object.root = [];
                    if (options.bytes !== $Array)
                        object.root = $util.newBuffer(object.root);
                }
                if (options.bytes === $String)
                    object.record = "";
                else {
                    object.record = [];
                    if (options.bytes !== $Array)
                        object.record = $util.newBuffer(object.record);
                }
            }
            if (message.entry != null && $Object.hasOwnProperty.call(message, "entry"))
                object.entry = options.bytes === $String ? $util.base64.encode(message.entry, 0, message.entry.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.entry) : message.entry;
            if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                object.index = options.json && !$isFinite(message.index) ? $String(message.index) : message.index;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                object.size = options.json && !$isFinite(message.size) ? $String(message.size) : message.size;
            if (message.path && message.path.length) {
                object.path = $Array(message.path.length);
                for (let j = 0; j < message.path.length; ++j)
                    object.path[j] = options.bytes === $String ? $util.base64.encode(message.path[j], 0, message.path[j].length) : options.bytes === $Array ? $Array.prototype.slice.call(message.path[j]) : message.path[j];
            }
            if (message.root != null && $Object.hasOwnProperty.call(message, "root"))
                object.root = options.bytes === $String ? $util.base64.encode(message.root, 0, message.root.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.root) : message.root;
            if (message.record != null && $Object.hasOwnProperty.call(message, "record"))
                object.record = options.bytes === $String ? $util.base64.encode(message.record, 0, message.record.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.record) : message.record;
            return object;
        };

        /**
         * Converts this AuditProof to JSON.
         * @function toJSON
         * @memberof stimnet.AuditProof
         * @instance
         * @returns {Object.<string,*>} JSON object
         */
        AuditProof.prototype.toJSON = function() {
            return AuditProof.toObject(this, $protobuf.util.toJSONOptions);
        };

        return AuditProof;
    })();

    return stimnet;
})();

export {
  $root as default
};
