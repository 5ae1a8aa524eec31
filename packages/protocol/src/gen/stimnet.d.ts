import * as $protobuf from "protobufjs/minimal.js";
import Long = require("long");

/** Namespace stimnet. */
export namespace stimnet {

    /**
     * Properties of an AuditRecord.
     * @deprecated Use stimnet.AuditRecord.$Properties instead.
     */
    interface IAuditRecord extends stimnet.AuditRecord.$Properties {
    }

    /** Represents an AuditRecord. */
    class AuditRecord {

        /**
         * Constructs a new AuditRecord.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.AuditRecord.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuditRecord sequence. */
        sequence: number;

        /** AuditRecord atMs. */
        atMs: number;

        /** AuditRecord kind. */
        kind: string;

        /** AuditRecord actor. */
        actor: string;

        /** AuditRecord jobId. */
        jobId: string;

        /** AuditRecord code. */
        code: string;

        /** AuditRecord detailJson. */
        detailJson: string;

        /** AuditRecord hash. */
        hash: Uint8Array;

        /** AuditRecord salt. */
        salt: Uint8Array;

        /**
         * Creates a new AuditRecord instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuditRecord instance
         */
        static create(properties: stimnet.AuditRecord.$Shape): stimnet.AuditRecord & stimnet.AuditRecord.$Shape;
        static create(properties?: stimnet.AuditRecord.$Properties): stimnet.AuditRecord;

        /**
         * Encodes the specified AuditRecord message. Does not implicitly {@link stimnet.AuditRecord.verify|verify} messages.
         * @param message AuditRecord message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.AuditRecord.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuditRecord message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.AuditRecord & stimnet.AuditRecord.$Shape} AuditRecord
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.AuditRecord & stimnet.AuditRecord.$Shape;

        /**
         * Verifies an AuditRecord message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an AuditRecord message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns AuditRecord
         */
        static fromObject(object: { [k: string]: any }): stimnet.AuditRecord;

        /**
         * Creates a plain object from an AuditRecord message. Also converts values to other types if specified.
         * @param message AuditRecord
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.AuditRecord, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this AuditRecord to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace AuditRecord {

        /** Properties of an AuditRecord. */
        interface $Properties {

            /** AuditRecord sequence */
            sequence?: number;

            /** AuditRecord atMs */
            atMs?: number;

            /** AuditRecord kind */
            kind?: string;

            /** AuditRecord actor */
            actor?: string;

            /** AuditRecord jobId */
            jobId?: string;

            /** AuditRecord code */
            code?: string;

            /** AuditRecord detailJson */
            detailJson?: string;

            /** AuditRecord hash */
            hash?: Uint8Array;

            /** AuditRecord salt */
            salt?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuditRecord. */
        type $Shape = stimnet.AuditRecord.$Properties;
    }

    /**
     * Properties of a WitnessAsk.
     * @deprecated Use stimnet.WitnessAsk.$Properties instead.
     */
    interface IWitnessAsk extends stimnet.WitnessAsk.$Properties {
    }

    /** Represents a WitnessAsk. */
    class WitnessAsk {

        /**
         * Constructs a new WitnessAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.WitnessAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WitnessAsk note. */
        note: string;

        /** WitnessAsk oldSize. */
        oldSize: number;

        /** WitnessAsk path. */
        path: Uint8Array[];

        /**
         * Creates a new WitnessAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WitnessAsk instance
         */
        static create(properties: stimnet.WitnessAsk.$Shape): stimnet.WitnessAsk & stimnet.WitnessAsk.$Shape;
        static create(properties?: stimnet.WitnessAsk.$Properties): stimnet.WitnessAsk;

        /**
         * Encodes the specified WitnessAsk message. Does not implicitly {@link stimnet.WitnessAsk.verify|verify} messages.
         * @param message WitnessAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.WitnessAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WitnessAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.WitnessAsk & stimnet.WitnessAsk.$Shape} WitnessAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.WitnessAsk & stimnet.WitnessAsk.$Shape;

        /**
         * Verifies a WitnessAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a WitnessAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns WitnessAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.WitnessAsk;

        /**
         * Creates a plain object from a WitnessAsk message. Also converts values to other types if specified.
         * @param message WitnessAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.WitnessAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this WitnessAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace WitnessAsk {

        /** Properties of a WitnessAsk. */
        interface $Properties {

            /** WitnessAsk note */
            note?: string;

            /** WitnessAsk oldSize */
            oldSize?: number;

            /** WitnessAsk path */
            path?: Uint8Array[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WitnessAsk. */
        type $Shape = stimnet.WitnessAsk.$Properties;
    }

    /**
     * Properties of a LogConflict.
     * @deprecated Use stimnet.LogConflict.$Properties instead.
     */
    interface ILogConflict extends stimnet.LogConflict.$Properties {
    }

    /** Represents a LogConflict. */
    class LogConflict {

        /**
         * Constructs a new LogConflict.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.LogConflict.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LogConflict peer. */
        peer: string;

        /** LogConflict seen. */
        seen: string;

        /** LogConflict shown. */
        shown: string;

        /**
         * Creates a new LogConflict instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LogConflict instance
         */
        static create(properties: stimnet.LogConflict.$Shape): stimnet.LogConflict & stimnet.LogConflict.$Shape;
        static create(properties?: stimnet.LogConflict.$Properties): stimnet.LogConflict;

        /**
         * Encodes the specified LogConflict message. Does not implicitly {@link stimnet.LogConflict.verify|verify} messages.
         * @param message LogConflict message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.LogConflict.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LogConflict message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.LogConflict & stimnet.LogConflict.$Shape} LogConflict
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.LogConflict & stimnet.LogConflict.$Shape;

        /**
         * Verifies a LogConflict message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a LogConflict message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns LogConflict
         */
        static fromObject(object: { [k: string]: any }): stimnet.LogConflict;

        /**
         * Creates a plain object from a LogConflict message. Also converts values to other types if specified.
         * @param message LogConflict
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.LogConflict, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this LogConflict to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace LogConflict {

        /** Properties of a LogConflict. */
        interface $Properties {

            /** LogConflict peer */
            peer?: string;

            /** LogConflict seen */
            seen?: string;

            /** LogConflict shown */
            shown?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LogConflict. */
        type $Shape = stimnet.LogConflict.$Properties;
    }

    /**
     * Properties of a LogConflictAnswer.
     * @deprecated Use stimnet.LogConflictAnswer.$Properties instead.
     */
    interface ILogConflictAnswer extends stimnet.LogConflictAnswer.$Properties {
    }

    /** Represents a LogConflictAnswer. */
    class LogConflictAnswer {

        /**
         * Constructs a new LogConflictAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.LogConflictAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LogConflictAnswer code. */
        code: string;

        /**
         * Creates a new LogConflictAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LogConflictAnswer instance
         */
        static create(properties: stimnet.LogConflictAnswer.$Shape): stimnet.LogConflictAnswer & stimnet.LogConflictAnswer.$Shape;
        static create(properties?: stimnet.LogConflictAnswer.$Properties): stimnet.LogConflictAnswer;

        /**
         * Encodes the specified LogConflictAnswer message. Does not implicitly {@link stimnet.LogConflictAnswer.verify|verify} messages.
         * @param message LogConflictAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.LogConflictAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LogConflictAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.LogConflictAnswer & stimnet.LogConflictAnswer.$Shape} LogConflictAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.LogConflictAnswer & stimnet.LogConflictAnswer.$Shape;

        /**
         * Verifies a LogConflictAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a LogConflictAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns LogConflictAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.LogConflictAnswer;

        /**
         * Creates a plain object from a LogConflictAnswer message. Also converts values to other types if specified.
         * @param message LogConflictAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.LogConflictAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this LogConflictAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace LogConflictAnswer {

        /** Properties of a LogConflictAnswer. */
        interface $Properties {

            /** LogConflictAnswer code */
            code?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LogConflictAnswer. */
        type $Shape = stimnet.LogConflictAnswer.$Properties;
    }

    /**
     * Properties of a WitnessAnswer.
     * @deprecated Use stimnet.WitnessAnswer.$Properties instead.
     */
    interface IWitnessAnswer extends stimnet.WitnessAnswer.$Properties {
    }

    /** Represents a WitnessAnswer. */
    class WitnessAnswer {

        /**
         * Constructs a new WitnessAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.WitnessAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** WitnessAnswer cosignature. */
        cosignature: string;

        /** WitnessAnswer code. */
        code: string;

        /** WitnessAnswer seen. */
        seen: string;

        /**
         * Creates a new WitnessAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns WitnessAnswer instance
         */
        static create(properties: stimnet.WitnessAnswer.$Shape): stimnet.WitnessAnswer & stimnet.WitnessAnswer.$Shape;
        static create(properties?: stimnet.WitnessAnswer.$Properties): stimnet.WitnessAnswer;

        /**
         * Encodes the specified WitnessAnswer message. Does not implicitly {@link stimnet.WitnessAnswer.verify|verify} messages.
         * @param message WitnessAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.WitnessAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a WitnessAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.WitnessAnswer & stimnet.WitnessAnswer.$Shape} WitnessAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.WitnessAnswer & stimnet.WitnessAnswer.$Shape;

        /**
         * Verifies a WitnessAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a WitnessAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns WitnessAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.WitnessAnswer;

        /**
         * Creates a plain object from a WitnessAnswer message. Also converts values to other types if specified.
         * @param message WitnessAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.WitnessAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this WitnessAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace WitnessAnswer {

        /** Properties of a WitnessAnswer. */
        interface $Properties {

            /** WitnessAnswer cosignature */
            cosignature?: string;

            /** WitnessAnswer code */
            code?: string;

            /** WitnessAnswer seen */
            seen?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a WitnessAnswer. */
        type $Shape = stimnet.WitnessAnswer.$Properties;
    }

    /**
     * Properties of a CatalogDescriptor.
     * @deprecated Use stimnet.CatalogDescriptor.$Properties instead.
     */
    interface ICatalogDescriptor extends stimnet.CatalogDescriptor.$Properties {
    }

    /** Represents a CatalogDescriptor. */
    class CatalogDescriptor {

        /**
         * Constructs a new CatalogDescriptor.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CatalogDescriptor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CatalogDescriptor name. */
        name: string;

        /** CatalogDescriptor title. */
        title: string;

        /** CatalogDescriptor description. */
        description: string;

        /** CatalogDescriptor dataType. */
        dataType: string;

        /** CatalogDescriptor accessLevel. */
        accessLevel: string;

        /** CatalogDescriptor keywords. */
        keywords: string[];

        /** CatalogDescriptor tables. */
        tables: stimnet.TableDescriptor[];

        /** CatalogDescriptor subjectKey. */
        subjectKey: string;

        /** CatalogDescriptor epoch. */
        epoch: string;

        /** CatalogDescriptor snapshotAtMs. */
        snapshotAtMs: number;

        /** CatalogDescriptor subjectsRounded. */
        subjectsRounded: number;

        /** CatalogDescriptor synthetic. */
        synthetic: boolean;

        /** CatalogDescriptor programs. */
        programs: string[];

        /** CatalogDescriptor lattice. */
        lattice: stimnet.LatticeVariable[];

        /** CatalogDescriptor cohortSizeMin. */
        cohortSizeMin: number;

        /** CatalogDescriptor mode. */
        mode: string;

        /** CatalogDescriptor scripts. */
        scripts: string;

        /** CatalogDescriptor sandboxGradeMin. */
        sandboxGradeMin: string;

        /** CatalogDescriptor preset. */
        preset: string;

        /** CatalogDescriptor policyHash. */
        policyHash: string;

        /** CatalogDescriptor dataUse. */
        dataUse: string[];

        /** CatalogDescriptor sitesPerPerson. */
        sitesPerPerson: number;

        /**
         * Creates a new CatalogDescriptor instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CatalogDescriptor instance
         */
        static create(properties: stimnet.CatalogDescriptor.$Shape): stimnet.CatalogDescriptor & stimnet.CatalogDescriptor.$Shape;
        static create(properties?: stimnet.CatalogDescriptor.$Properties): stimnet.CatalogDescriptor;

        /**
         * Encodes the specified CatalogDescriptor message. Does not implicitly {@link stimnet.CatalogDescriptor.verify|verify} messages.
         * @param message CatalogDescriptor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CatalogDescriptor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CatalogDescriptor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CatalogDescriptor & stimnet.CatalogDescriptor.$Shape} CatalogDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CatalogDescriptor & stimnet.CatalogDescriptor.$Shape;

        /**
         * Verifies a CatalogDescriptor message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CatalogDescriptor message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CatalogDescriptor
         */
        static fromObject(object: { [k: string]: any }): stimnet.CatalogDescriptor;

        /**
         * Creates a plain object from a CatalogDescriptor message. Also converts values to other types if specified.
         * @param message CatalogDescriptor
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CatalogDescriptor, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CatalogDescriptor to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CatalogDescriptor {

        /** Properties of a CatalogDescriptor. */
        interface $Properties {

            /** CatalogDescriptor name */
            name?: string;

            /** CatalogDescriptor title */
            title?: string;

            /** CatalogDescriptor description */
            description?: string;

            /** CatalogDescriptor dataType */
            dataType?: string;

            /** CatalogDescriptor accessLevel */
            accessLevel?: string;

            /** CatalogDescriptor keywords */
            keywords?: string[];

            /** CatalogDescriptor tables */
            tables?: stimnet.TableDescriptor.$Properties[];

            /** CatalogDescriptor subjectKey */
            subjectKey?: string;

            /** CatalogDescriptor epoch */
            epoch?: string;

            /** CatalogDescriptor snapshotAtMs */
            snapshotAtMs?: number;

            /** CatalogDescriptor subjectsRounded */
            subjectsRounded?: number;

            /** CatalogDescriptor synthetic */
            synthetic?: boolean;

            /** CatalogDescriptor programs */
            programs?: string[];

            /** CatalogDescriptor lattice */
            lattice?: stimnet.LatticeVariable.$Properties[];

            /** CatalogDescriptor cohortSizeMin */
            cohortSizeMin?: number;

            /** CatalogDescriptor mode */
            mode?: string;

            /** CatalogDescriptor scripts */
            scripts?: string;

            /** CatalogDescriptor sandboxGradeMin */
            sandboxGradeMin?: string;

            /** CatalogDescriptor preset */
            preset?: string;

            /** CatalogDescriptor policyHash */
            policyHash?: string;

            /** CatalogDescriptor dataUse */
            dataUse?: string[];

            /** CatalogDescriptor sitesPerPerson */
            sitesPerPerson?: number;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CatalogDescriptor. */
        type $Shape = stimnet.CatalogDescriptor.$Properties;
    }

    /**
     * Properties of a TableDescriptor.
     * @deprecated Use stimnet.TableDescriptor.$Properties instead.
     */
    interface ITableDescriptor extends stimnet.TableDescriptor.$Properties {
    }

    /** Represents a TableDescriptor. */
    class TableDescriptor {

        /**
         * Constructs a new TableDescriptor.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.TableDescriptor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** TableDescriptor name. */
        name: string;

        /** TableDescriptor description. */
        description: string;

        /** TableDescriptor variables. */
        variables: stimnet.VariableDescriptor[];

        /** TableDescriptor oneRowPerSubject. */
        oneRowPerSubject: boolean;

        /**
         * Creates a new TableDescriptor instance using the specified properties.
         * @param [properties] Properties to set
         * @returns TableDescriptor instance
         */
        static create(properties: stimnet.TableDescriptor.$Shape): stimnet.TableDescriptor & stimnet.TableDescriptor.$Shape;
        static create(properties?: stimnet.TableDescriptor.$Properties): stimnet.TableDescriptor;

        /**
         * Encodes the specified TableDescriptor message. Does not implicitly {@link stimnet.TableDescriptor.verify|verify} messages.
         * @param message TableDescriptor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.TableDescriptor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a TableDescriptor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.TableDescriptor & stimnet.TableDescriptor.$Shape} TableDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.TableDescriptor & stimnet.TableDescriptor.$Shape;

        /**
         * Verifies a TableDescriptor message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a TableDescriptor message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns TableDescriptor
         */
        static fromObject(object: { [k: string]: any }): stimnet.TableDescriptor;

        /**
         * Creates a plain object from a TableDescriptor message. Also converts values to other types if specified.
         * @param message TableDescriptor
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.TableDescriptor, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this TableDescriptor to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace TableDescriptor {

        /** Properties of a TableDescriptor. */
        interface $Properties {

            /** TableDescriptor name */
            name?: string;

            /** TableDescriptor description */
            description?: string;

            /** TableDescriptor variables */
            variables?: stimnet.VariableDescriptor.$Properties[];

            /** TableDescriptor oneRowPerSubject */
            oneRowPerSubject?: boolean;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a TableDescriptor. */
        type $Shape = stimnet.TableDescriptor.$Properties;
    }

    /**
     * Properties of a VariableDescriptor.
     * @deprecated Use stimnet.VariableDescriptor.$Properties instead.
     */
    interface IVariableDescriptor extends stimnet.VariableDescriptor.$Properties {
    }

    /** Represents a VariableDescriptor. */
    class VariableDescriptor {

        /**
         * Constructs a new VariableDescriptor.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.VariableDescriptor.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VariableDescriptor name. */
        name: string;

        /** VariableDescriptor type. */
        type: string;

        /** VariableDescriptor unit. */
        unit: string;

        /** VariableDescriptor description. */
        description: string;

        /** VariableDescriptor levels. */
        levels: string[];

        /** VariableDescriptor breakpoints. */
        breakpoints: number[];

        /** VariableDescriptor minimum. */
        minimum: number;

        /** VariableDescriptor maximum. */
        maximum: number;

        /** VariableDescriptor bounded. */
        bounded: boolean;

        /** VariableDescriptor missingShare. */
        missingShare: number;

        /** VariableDescriptor missingTold. */
        missingTold: boolean;

        /** VariableDescriptor identifying. */
        identifying: boolean;

        /**
         * Creates a new VariableDescriptor instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VariableDescriptor instance
         */
        static create(properties: stimnet.VariableDescriptor.$Shape): stimnet.VariableDescriptor & stimnet.VariableDescriptor.$Shape;
        static create(properties?: stimnet.VariableDescriptor.$Properties): stimnet.VariableDescriptor;

        /**
         * Encodes the specified VariableDescriptor message. Does not implicitly {@link stimnet.VariableDescriptor.verify|verify} messages.
         * @param message VariableDescriptor message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.VariableDescriptor.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VariableDescriptor message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.VariableDescriptor & stimnet.VariableDescriptor.$Shape} VariableDescriptor
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.VariableDescriptor & stimnet.VariableDescriptor.$Shape;

        /**
         * Verifies a VariableDescriptor message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a VariableDescriptor message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VariableDescriptor
         */
        static fromObject(object: { [k: string]: any }): stimnet.VariableDescriptor;

        /**
         * Creates a plain object from a VariableDescriptor message. Also converts values to other types if specified.
         * @param message VariableDescriptor
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.VariableDescriptor, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VariableDescriptor to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace VariableDescriptor {

        /** Properties of a VariableDescriptor. */
        interface $Properties {

            /** VariableDescriptor name */
            name?: string;

            /** VariableDescriptor type */
            type?: string;

            /** VariableDescriptor unit */
            unit?: string;

            /** VariableDescriptor description */
            description?: string;

            /** VariableDescriptor levels */
            levels?: string[];

            /** VariableDescriptor breakpoints */
            breakpoints?: number[];

            /** VariableDescriptor minimum */
            minimum?: number;

            /** VariableDescriptor maximum */
            maximum?: number;

            /** VariableDescriptor bounded */
            bounded?: boolean;

            /** VariableDescriptor missingShare */
            missingShare?: number;

            /** VariableDescriptor missingTold */
            missingTold?: boolean;

            /** VariableDescriptor identifying */
            identifying?: boolean;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VariableDescriptor. */
        type $Shape = stimnet.VariableDescriptor.$Properties;
    }

    /**
     * Properties of a LatticeVariable.
     * @deprecated Use stimnet.LatticeVariable.$Properties instead.
     */
    interface ILatticeVariable extends stimnet.LatticeVariable.$Properties {
    }

    /** Represents a LatticeVariable. */
    class LatticeVariable {

        /**
         * Constructs a new LatticeVariable.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.LatticeVariable.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LatticeVariable variable. */
        variable: string;

        /** LatticeVariable breakpoints. */
        breakpoints: number[];

        /**
         * Creates a new LatticeVariable instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LatticeVariable instance
         */
        static create(properties: stimnet.LatticeVariable.$Shape): stimnet.LatticeVariable & stimnet.LatticeVariable.$Shape;
        static create(properties?: stimnet.LatticeVariable.$Properties): stimnet.LatticeVariable;

        /**
         * Encodes the specified LatticeVariable message. Does not implicitly {@link stimnet.LatticeVariable.verify|verify} messages.
         * @param message LatticeVariable message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.LatticeVariable.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LatticeVariable message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.LatticeVariable & stimnet.LatticeVariable.$Shape} LatticeVariable
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.LatticeVariable & stimnet.LatticeVariable.$Shape;

        /**
         * Verifies a LatticeVariable message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a LatticeVariable message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns LatticeVariable
         */
        static fromObject(object: { [k: string]: any }): stimnet.LatticeVariable;

        /**
         * Creates a plain object from a LatticeVariable message. Also converts values to other types if specified.
         * @param message LatticeVariable
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.LatticeVariable, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this LatticeVariable to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace LatticeVariable {

        /** Properties of a LatticeVariable. */
        interface $Properties {

            /** LatticeVariable variable */
            variable?: string;

            /** LatticeVariable breakpoints */
            breakpoints?: number[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LatticeVariable. */
        type $Shape = stimnet.LatticeVariable.$Properties;
    }

    /**
     * Properties of a CatalogQuery.
     * @deprecated Use stimnet.CatalogQuery.$Properties instead.
     */
    interface ICatalogQuery extends stimnet.CatalogQuery.$Properties {
    }

    /** Represents a CatalogQuery. */
    class CatalogQuery {

        /**
         * Constructs a new CatalogQuery.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CatalogQuery.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CatalogQuery words. */
        words: string[];

        /** CatalogQuery name. */
        name: string;

        /**
         * Creates a new CatalogQuery instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CatalogQuery instance
         */
        static create(properties: stimnet.CatalogQuery.$Shape): stimnet.CatalogQuery & stimnet.CatalogQuery.$Shape;
        static create(properties?: stimnet.CatalogQuery.$Properties): stimnet.CatalogQuery;

        /**
         * Encodes the specified CatalogQuery message. Does not implicitly {@link stimnet.CatalogQuery.verify|verify} messages.
         * @param message CatalogQuery message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CatalogQuery.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CatalogQuery message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CatalogQuery & stimnet.CatalogQuery.$Shape} CatalogQuery
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CatalogQuery & stimnet.CatalogQuery.$Shape;

        /**
         * Verifies a CatalogQuery message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CatalogQuery message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CatalogQuery
         */
        static fromObject(object: { [k: string]: any }): stimnet.CatalogQuery;

        /**
         * Creates a plain object from a CatalogQuery message. Also converts values to other types if specified.
         * @param message CatalogQuery
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CatalogQuery, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CatalogQuery to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CatalogQuery {

        /** Properties of a CatalogQuery. */
        interface $Properties {

            /** CatalogQuery words */
            words?: string[];

            /** CatalogQuery name */
            name?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CatalogQuery. */
        type $Shape = stimnet.CatalogQuery.$Properties;
    }

    /**
     * Properties of a CatalogAnswer.
     * @deprecated Use stimnet.CatalogAnswer.$Properties instead.
     */
    interface ICatalogAnswer extends stimnet.CatalogAnswer.$Properties {
    }

    /** Represents a CatalogAnswer. */
    class CatalogAnswer {

        /**
         * Constructs a new CatalogAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CatalogAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CatalogAnswer catalogs. */
        catalogs: Uint8Array[];

        /**
         * Creates a new CatalogAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CatalogAnswer instance
         */
        static create(properties: stimnet.CatalogAnswer.$Shape): stimnet.CatalogAnswer & stimnet.CatalogAnswer.$Shape;
        static create(properties?: stimnet.CatalogAnswer.$Properties): stimnet.CatalogAnswer;

        /**
         * Encodes the specified CatalogAnswer message. Does not implicitly {@link stimnet.CatalogAnswer.verify|verify} messages.
         * @param message CatalogAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CatalogAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CatalogAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CatalogAnswer & stimnet.CatalogAnswer.$Shape} CatalogAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CatalogAnswer & stimnet.CatalogAnswer.$Shape;

        /**
         * Verifies a CatalogAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CatalogAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CatalogAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.CatalogAnswer;

        /**
         * Creates a plain object from a CatalogAnswer message. Also converts values to other types if specified.
         * @param message CatalogAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CatalogAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CatalogAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CatalogAnswer {

        /** Properties of a CatalogAnswer. */
        interface $Properties {

            /** CatalogAnswer catalogs */
            catalogs?: Uint8Array[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CatalogAnswer. */
        type $Shape = stimnet.CatalogAnswer.$Properties;
    }

    /**
     * Properties of a HelloAsk.
     * @deprecated Use stimnet.HelloAsk.$Properties instead.
     */
    interface IHelloAsk extends stimnet.HelloAsk.$Properties {
    }

    /** Represents a HelloAsk. */
    class HelloAsk {

        /**
         * Constructs a new HelloAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.HelloAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HelloAsk version. */
        version: string;

        /**
         * Creates a new HelloAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HelloAsk instance
         */
        static create(properties: stimnet.HelloAsk.$Shape): stimnet.HelloAsk & stimnet.HelloAsk.$Shape;
        static create(properties?: stimnet.HelloAsk.$Properties): stimnet.HelloAsk;

        /**
         * Encodes the specified HelloAsk message. Does not implicitly {@link stimnet.HelloAsk.verify|verify} messages.
         * @param message HelloAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.HelloAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HelloAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.HelloAsk & stimnet.HelloAsk.$Shape} HelloAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.HelloAsk & stimnet.HelloAsk.$Shape;

        /**
         * Verifies a HelloAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a HelloAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns HelloAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.HelloAsk;

        /**
         * Creates a plain object from a HelloAsk message. Also converts values to other types if specified.
         * @param message HelloAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.HelloAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this HelloAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace HelloAsk {

        /** Properties of a HelloAsk. */
        interface $Properties {

            /** HelloAsk version */
            version?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HelloAsk. */
        type $Shape = stimnet.HelloAsk.$Properties;
    }

    /**
     * Properties of a HelloAnswer.
     * @deprecated Use stimnet.HelloAnswer.$Properties instead.
     */
    interface IHelloAnswer extends stimnet.HelloAnswer.$Properties {
    }

    /** Represents a HelloAnswer. */
    class HelloAnswer {

        /**
         * Constructs a new HelloAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.HelloAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** HelloAnswer nodeId. */
        nodeId: string;

        /** HelloAnswer institution. */
        institution: string;

        /** HelloAnswer version. */
        version: string;

        /** HelloAnswer catalogs. */
        catalogs: string[];

        /** HelloAnswer sandbox. */
        sandbox: string;

        /** HelloAnswer sandboxEngine. */
        sandboxEngine: string;

        /** HelloAnswer sandboxGrade. */
        sandboxGrade: string;

        /** HelloAnswer languages. */
        languages: string[];

        /**
         * Creates a new HelloAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns HelloAnswer instance
         */
        static create(properties: stimnet.HelloAnswer.$Shape): stimnet.HelloAnswer & stimnet.HelloAnswer.$Shape;
        static create(properties?: stimnet.HelloAnswer.$Properties): stimnet.HelloAnswer;

        /**
         * Encodes the specified HelloAnswer message. Does not implicitly {@link stimnet.HelloAnswer.verify|verify} messages.
         * @param message HelloAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.HelloAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a HelloAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.HelloAnswer & stimnet.HelloAnswer.$Shape} HelloAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.HelloAnswer & stimnet.HelloAnswer.$Shape;

        /**
         * Verifies a HelloAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a HelloAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns HelloAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.HelloAnswer;

        /**
         * Creates a plain object from a HelloAnswer message. Also converts values to other types if specified.
         * @param message HelloAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.HelloAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this HelloAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace HelloAnswer {

        /** Properties of a HelloAnswer. */
        interface $Properties {

            /** HelloAnswer nodeId */
            nodeId?: string;

            /** HelloAnswer institution */
            institution?: string;

            /** HelloAnswer version */
            version?: string;

            /** HelloAnswer catalogs */
            catalogs?: string[];

            /** HelloAnswer sandbox */
            sandbox?: string;

            /** HelloAnswer sandboxEngine */
            sandboxEngine?: string;

            /** HelloAnswer sandboxGrade */
            sandboxGrade?: string;

            /** HelloAnswer languages */
            languages?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a HelloAnswer. */
        type $Shape = stimnet.HelloAnswer.$Properties;
    }

    /**
     * Properties of a Statement.
     * @deprecated Use stimnet.Statement.$Properties instead.
     */
    interface IStatement extends stimnet.Statement.$Properties {
    }

    /** Represents a Statement. */
    class Statement {

        /**
         * Constructs a new Statement.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Statement.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Statement domain. */
        domain: string;

        /** Statement type. */
        type: string;

        /** Statement issuer. */
        issuer: string;

        /** Statement audience. */
        audience: string[];

        /** Statement issuedAtMs. */
        issuedAtMs: number;

        /** Statement expiresAtMs. */
        expiresAtMs: number;

        /** Statement nonce. */
        nonce: Uint8Array;

        /** Statement body. */
        body: Uint8Array;

        /**
         * Creates a new Statement instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Statement instance
         */
        static create(properties: stimnet.Statement.$Shape): stimnet.Statement & stimnet.Statement.$Shape;
        static create(properties?: stimnet.Statement.$Properties): stimnet.Statement;

        /**
         * Encodes the specified Statement message. Does not implicitly {@link stimnet.Statement.verify|verify} messages.
         * @param message Statement message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Statement.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Statement message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Statement & stimnet.Statement.$Shape} Statement
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Statement & stimnet.Statement.$Shape;

        /**
         * Verifies a Statement message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Statement message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Statement
         */
        static fromObject(object: { [k: string]: any }): stimnet.Statement;

        /**
         * Creates a plain object from a Statement message. Also converts values to other types if specified.
         * @param message Statement
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Statement, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Statement to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Statement {

        /** Properties of a Statement. */
        interface $Properties {

            /** Statement domain */
            domain?: string;

            /** Statement type */
            type?: string;

            /** Statement issuer */
            issuer?: string;

            /** Statement audience */
            audience?: string[];

            /** Statement issuedAtMs */
            issuedAtMs?: number;

            /** Statement expiresAtMs */
            expiresAtMs?: number;

            /** Statement nonce */
            nonce?: Uint8Array;

            /** Statement body */
            body?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Statement. */
        type $Shape = stimnet.Statement.$Properties;
    }

    /**
     * Properties of an Envelope.
     * @deprecated Use stimnet.Envelope.$Properties instead.
     */
    interface IEnvelope extends stimnet.Envelope.$Properties {
    }

    /** Represents an Envelope. */
    class Envelope {

        /**
         * Constructs a new Envelope.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Envelope.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Envelope jws. */
        jws: Uint8Array;

        /**
         * Creates a new Envelope instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Envelope instance
         */
        static create(properties: stimnet.Envelope.$Shape): stimnet.Envelope & stimnet.Envelope.$Shape;
        static create(properties?: stimnet.Envelope.$Properties): stimnet.Envelope;

        /**
         * Encodes the specified Envelope message. Does not implicitly {@link stimnet.Envelope.verify|verify} messages.
         * @param message Envelope message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an Envelope message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Envelope & stimnet.Envelope.$Shape} Envelope
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Envelope & stimnet.Envelope.$Shape;

        /**
         * Verifies an Envelope message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an Envelope message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Envelope
         */
        static fromObject(object: { [k: string]: any }): stimnet.Envelope;

        /**
         * Creates a plain object from an Envelope message. Also converts values to other types if specified.
         * @param message Envelope
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Envelope, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Envelope to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Envelope {

        /** Properties of an Envelope. */
        interface $Properties {

            /** Envelope jws */
            jws?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an Envelope. */
        type $Shape = stimnet.Envelope.$Properties;
    }

    /**
     * Properties of a FederationAsk.
     * @deprecated Use stimnet.FederationAsk.$Properties instead.
     */
    interface IFederationAsk extends stimnet.FederationAsk.$Properties {
    }

    /** Represents a FederationAsk. */
    class FederationAsk {

        /**
         * Constructs a new FederationAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FederationAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FederationAsk charter. */
        charter: string;

        /** FederationAsk digest. */
        digest: string;

        /** FederationAsk statements. */
        statements: string[];

        /**
         * Creates a new FederationAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FederationAsk instance
         */
        static create(properties: stimnet.FederationAsk.$Shape): stimnet.FederationAsk & stimnet.FederationAsk.$Shape;
        static create(properties?: stimnet.FederationAsk.$Properties): stimnet.FederationAsk;

        /**
         * Encodes the specified FederationAsk message. Does not implicitly {@link stimnet.FederationAsk.verify|verify} messages.
         * @param message FederationAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FederationAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FederationAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FederationAsk & stimnet.FederationAsk.$Shape} FederationAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FederationAsk & stimnet.FederationAsk.$Shape;

        /**
         * Verifies a FederationAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FederationAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FederationAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.FederationAsk;

        /**
         * Creates a plain object from a FederationAsk message. Also converts values to other types if specified.
         * @param message FederationAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FederationAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FederationAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FederationAsk {

        /** Properties of a FederationAsk. */
        interface $Properties {

            /** FederationAsk charter */
            charter?: string;

            /** FederationAsk digest */
            digest?: string;

            /** FederationAsk statements */
            statements?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FederationAsk. */
        type $Shape = stimnet.FederationAsk.$Properties;
    }

    /**
     * Properties of a FederationAnswer.
     * @deprecated Use stimnet.FederationAnswer.$Properties instead.
     */
    interface IFederationAnswer extends stimnet.FederationAnswer.$Properties {
    }

    /** Represents a FederationAnswer. */
    class FederationAnswer {

        /**
         * Constructs a new FederationAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FederationAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FederationAnswer digest. */
        digest: string;

        /** FederationAnswer statements. */
        statements: string[];

        /**
         * Creates a new FederationAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FederationAnswer instance
         */
        static create(properties: stimnet.FederationAnswer.$Shape): stimnet.FederationAnswer & stimnet.FederationAnswer.$Shape;
        static create(properties?: stimnet.FederationAnswer.$Properties): stimnet.FederationAnswer;

        /**
         * Encodes the specified FederationAnswer message. Does not implicitly {@link stimnet.FederationAnswer.verify|verify} messages.
         * @param message FederationAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FederationAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FederationAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FederationAnswer & stimnet.FederationAnswer.$Shape} FederationAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FederationAnswer & stimnet.FederationAnswer.$Shape;

        /**
         * Verifies a FederationAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FederationAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FederationAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.FederationAnswer;

        /**
         * Creates a plain object from a FederationAnswer message. Also converts values to other types if specified.
         * @param message FederationAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FederationAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FederationAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FederationAnswer {

        /** Properties of a FederationAnswer. */
        interface $Properties {

            /** FederationAnswer digest */
            digest?: string;

            /** FederationAnswer statements */
            statements?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FederationAnswer. */
        type $Shape = stimnet.FederationAnswer.$Properties;
    }

    /**
     * Properties of a JobRequest.
     * @deprecated Use stimnet.JobRequest.$Properties instead.
     */
    interface IJobRequest extends stimnet.JobRequest.$Properties {
    }

    /** Represents a JobRequest. */
    class JobRequest {

        /**
         * Constructs a new JobRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.JobRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** JobRequest catalog. */
        catalog: string;

        /** JobRequest purpose. */
        purpose: string[];

        /** JobRequest project. */
        project: string;

        /** JobRequest cohort. */
        cohort: stimnet.Filter;

        /** JobRequest program. */
        program: stimnet.Program;

        /** JobRequest parametersJson. */
        parametersJson: string;

        /** JobRequest filtersJson. */
        filtersJson: string;

        /** JobRequest wallTimeMsMax. */
        wallTimeMsMax: number;

        /** JobRequest custody. */
        custody: string;

        /** JobRequest account. */
        account: string;

        /** JobRequest title. */
        title: string;

        /** JobRequest broadcast. */
        broadcast: string;

        /** JobRequest privacy. */
        privacy: stimnet.PrivacyAsk;

        /** JobRequest outputs. */
        outputs: stimnet.OutputDeclaration[];

        /** JobRequest contract. */
        contract: stimnet.VariableContract[];

        /** JobRequest mappings. */
        mappings: stimnet.VariableMapping[];

        /** JobRequest review. */
        review: boolean;

        /** JobRequest about. */
        about: stimnet.AnalysisAbout;

        /** JobRequest credentials. */
        credentials: string[];

        /** JobRequest uploads. */
        uploads: stimnet.UploadedFile[];

        /** JobRequest carrier. */
        carrier: string;

        /**
         * Creates a new JobRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns JobRequest instance
         */
        static create(properties: stimnet.JobRequest.$Shape): stimnet.JobRequest & stimnet.JobRequest.$Shape;
        static create(properties?: stimnet.JobRequest.$Properties): stimnet.JobRequest;

        /**
         * Encodes the specified JobRequest message. Does not implicitly {@link stimnet.JobRequest.verify|verify} messages.
         * @param message JobRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.JobRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a JobRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.JobRequest & stimnet.JobRequest.$Shape} JobRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.JobRequest & stimnet.JobRequest.$Shape;

        /**
         * Verifies a JobRequest message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a JobRequest message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns JobRequest
         */
        static fromObject(object: { [k: string]: any }): stimnet.JobRequest;

        /**
         * Creates a plain object from a JobRequest message. Also converts values to other types if specified.
         * @param message JobRequest
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.JobRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this JobRequest to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace JobRequest {

        /** Properties of a JobRequest. */
        interface $Properties {

            /** JobRequest catalog */
            catalog?: string;

            /** JobRequest purpose */
            purpose?: string[];

            /** JobRequest project */
            project?: string;

            /** JobRequest cohort */
            cohort?: stimnet.Filter.$Properties;

            /** JobRequest program */
            program?: stimnet.Program.$Properties;

            /** JobRequest parametersJson */
            parametersJson?: string;

            /** JobRequest filtersJson */
            filtersJson?: string;

            /** JobRequest wallTimeMsMax */
            wallTimeMsMax?: number;

            /** JobRequest custody */
            custody?: string;

            /** JobRequest account */
            account?: string;

            /** JobRequest title */
            title?: string;

            /** JobRequest broadcast */
            broadcast?: string;

            /** JobRequest privacy */
            privacy?: stimnet.PrivacyAsk.$Properties;

            /** JobRequest outputs */
            outputs?: stimnet.OutputDeclaration.$Properties[];

            /** JobRequest contract */
            contract?: stimnet.VariableContract.$Properties[];

            /** JobRequest mappings */
            mappings?: stimnet.VariableMapping.$Properties[];

            /** JobRequest review */
            review?: boolean;

            /** JobRequest about */
            about?: stimnet.AnalysisAbout.$Properties;

            /** JobRequest credentials */
            credentials?: string[];

            /** JobRequest uploads */
            uploads?: stimnet.UploadedFile.$Properties[];

            /** JobRequest carrier */
            carrier?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a JobRequest. */
        type $Shape = {
          catalog?: string;
          purpose?: string[];
          project?: string;
          cohort?: stimnet.Filter.$Shape;
          program?: stimnet.Program.$Shape;
          parametersJson?: string;
          filtersJson?: string;
          wallTimeMsMax?: number;
          custody?: string;
          account?: string;
          title?: string;
          broadcast?: string;
          privacy?: stimnet.PrivacyAsk.$Shape;
          outputs?: stimnet.OutputDeclaration.$Shape[];
          contract?: stimnet.VariableContract.$Shape[];
          mappings?: stimnet.VariableMapping.$Shape[];
          review?: boolean;
          about?: stimnet.AnalysisAbout.$Shape;
          credentials?: string[];
          uploads?: stimnet.UploadedFile.$Shape[];
          carrier?: string;
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of an UploadedFile.
     * @deprecated Use stimnet.UploadedFile.$Properties instead.
     */
    interface IUploadedFile extends stimnet.UploadedFile.$Properties {
    }

    /** Represents an UploadedFile. */
    class UploadedFile {

        /**
         * Constructs a new UploadedFile.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.UploadedFile.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UploadedFile name. */
        name: string;

        /** UploadedFile sha256. */
        sha256: string;

        /** UploadedFile size. */
        size: number;

        /**
         * Creates a new UploadedFile instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UploadedFile instance
         */
        static create(properties: stimnet.UploadedFile.$Shape): stimnet.UploadedFile & stimnet.UploadedFile.$Shape;
        static create(properties?: stimnet.UploadedFile.$Properties): stimnet.UploadedFile;

        /**
         * Encodes the specified UploadedFile message. Does not implicitly {@link stimnet.UploadedFile.verify|verify} messages.
         * @param message UploadedFile message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.UploadedFile.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UploadedFile message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.UploadedFile & stimnet.UploadedFile.$Shape} UploadedFile
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.UploadedFile & stimnet.UploadedFile.$Shape;

        /**
         * Verifies an UploadedFile message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an UploadedFile message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns UploadedFile
         */
        static fromObject(object: { [k: string]: any }): stimnet.UploadedFile;

        /**
         * Creates a plain object from an UploadedFile message. Also converts values to other types if specified.
         * @param message UploadedFile
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.UploadedFile, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this UploadedFile to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace UploadedFile {

        /** Properties of an UploadedFile. */
        interface $Properties {

            /** UploadedFile name */
            name?: string;

            /** UploadedFile sha256 */
            sha256?: string;

            /** UploadedFile size */
            size?: number;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UploadedFile. */
        type $Shape = stimnet.UploadedFile.$Properties;
    }

    /**
     * Properties of an UploadAsk.
     * @deprecated Use stimnet.UploadAsk.$Properties instead.
     */
    interface IUploadAsk extends stimnet.UploadAsk.$Properties {
    }

    /** Represents an UploadAsk. */
    class UploadAsk {

        /**
         * Constructs a new UploadAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.UploadAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UploadAsk requestHash. */
        requestHash: string;

        /** UploadAsk sha256. */
        sha256: string;

        /** UploadAsk offset. */
        offset: number;

        /**
         * Creates a new UploadAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UploadAsk instance
         */
        static create(properties: stimnet.UploadAsk.$Shape): stimnet.UploadAsk & stimnet.UploadAsk.$Shape;
        static create(properties?: stimnet.UploadAsk.$Properties): stimnet.UploadAsk;

        /**
         * Encodes the specified UploadAsk message. Does not implicitly {@link stimnet.UploadAsk.verify|verify} messages.
         * @param message UploadAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.UploadAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UploadAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.UploadAsk & stimnet.UploadAsk.$Shape} UploadAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.UploadAsk & stimnet.UploadAsk.$Shape;

        /**
         * Verifies an UploadAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an UploadAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns UploadAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.UploadAsk;

        /**
         * Creates a plain object from an UploadAsk message. Also converts values to other types if specified.
         * @param message UploadAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.UploadAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this UploadAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace UploadAsk {

        /** Properties of an UploadAsk. */
        interface $Properties {

            /** UploadAsk requestHash */
            requestHash?: string;

            /** UploadAsk sha256 */
            sha256?: string;

            /** UploadAsk offset */
            offset?: number;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UploadAsk. */
        type $Shape = stimnet.UploadAsk.$Properties;
    }

    /**
     * Properties of an UploadAnswer.
     * @deprecated Use stimnet.UploadAnswer.$Properties instead.
     */
    interface IUploadAnswer extends stimnet.UploadAnswer.$Properties {
    }

    /** Represents an UploadAnswer. */
    class UploadAnswer {

        /**
         * Constructs a new UploadAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.UploadAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** UploadAnswer piece. */
        piece: Uint8Array;

        /**
         * Creates a new UploadAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns UploadAnswer instance
         */
        static create(properties: stimnet.UploadAnswer.$Shape): stimnet.UploadAnswer & stimnet.UploadAnswer.$Shape;
        static create(properties?: stimnet.UploadAnswer.$Properties): stimnet.UploadAnswer;

        /**
         * Encodes the specified UploadAnswer message. Does not implicitly {@link stimnet.UploadAnswer.verify|verify} messages.
         * @param message UploadAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.UploadAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an UploadAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.UploadAnswer & stimnet.UploadAnswer.$Shape} UploadAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.UploadAnswer & stimnet.UploadAnswer.$Shape;

        /**
         * Verifies an UploadAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an UploadAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns UploadAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.UploadAnswer;

        /**
         * Creates a plain object from an UploadAnswer message. Also converts values to other types if specified.
         * @param message UploadAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.UploadAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this UploadAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace UploadAnswer {

        /** Properties of an UploadAnswer. */
        interface $Properties {

            /** UploadAnswer piece */
            piece?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an UploadAnswer. */
        type $Shape = stimnet.UploadAnswer.$Properties;
    }

    /**
     * Properties of an AnalysisAbout.
     * @deprecated Use stimnet.AnalysisAbout.$Properties instead.
     */
    interface IAnalysisAbout extends stimnet.AnalysisAbout.$Properties {
    }

    /** Represents an AnalysisAbout. */
    class AnalysisAbout {

        /**
         * Constructs a new AnalysisAbout.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.AnalysisAbout.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AnalysisAbout requesterName. */
        requesterName: string;

        /** AnalysisAbout requesterInstitution. */
        requesterInstitution: string;

        /** AnalysisAbout requesterEmail. */
        requesterEmail: string;

        /** AnalysisAbout requesterAffiliation. */
        requesterAffiliation: string;

        /** AnalysisAbout description. */
        description: string;

        /** AnalysisAbout priority. */
        priority: string;

        /** AnalysisAbout estimatedDuration. */
        estimatedDuration: string;

        /** AnalysisAbout selectedScore. */
        selectedScore: string;

        /** AnalysisAbout selectedTimeline. */
        selectedTimeline: string;

        /**
         * Creates a new AnalysisAbout instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AnalysisAbout instance
         */
        static create(properties: stimnet.AnalysisAbout.$Shape): stimnet.AnalysisAbout & stimnet.AnalysisAbout.$Shape;
        static create(properties?: stimnet.AnalysisAbout.$Properties): stimnet.AnalysisAbout;

        /**
         * Encodes the specified AnalysisAbout message. Does not implicitly {@link stimnet.AnalysisAbout.verify|verify} messages.
         * @param message AnalysisAbout message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.AnalysisAbout.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AnalysisAbout message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.AnalysisAbout & stimnet.AnalysisAbout.$Shape} AnalysisAbout
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.AnalysisAbout & stimnet.AnalysisAbout.$Shape;

        /**
         * Verifies an AnalysisAbout message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an AnalysisAbout message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns AnalysisAbout
         */
        static fromObject(object: { [k: string]: any }): stimnet.AnalysisAbout;

        /**
         * Creates a plain object from an AnalysisAbout message. Also converts values to other types if specified.
         * @param message AnalysisAbout
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.AnalysisAbout, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this AnalysisAbout to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace AnalysisAbout {

        /** Properties of an AnalysisAbout. */
        interface $Properties {

            /** AnalysisAbout requesterName */
            requesterName?: string;

            /** AnalysisAbout requesterInstitution */
            requesterInstitution?: string;

            /** AnalysisAbout requesterEmail */
            requesterEmail?: string;

            /** AnalysisAbout requesterAffiliation */
            requesterAffiliation?: string;

            /** AnalysisAbout description */
            description?: string;

            /** AnalysisAbout priority */
            priority?: string;

            /** AnalysisAbout estimatedDuration */
            estimatedDuration?: string;

            /** AnalysisAbout selectedScore */
            selectedScore?: string;

            /** AnalysisAbout selectedTimeline */
            selectedTimeline?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AnalysisAbout. */
        type $Shape = stimnet.AnalysisAbout.$Properties;
    }

    /**
     * Properties of a PrivacyAsk.
     * @deprecated Use stimnet.PrivacyAsk.$Properties instead.
     */
    interface IPrivacyAsk extends stimnet.PrivacyAsk.$Properties {
    }

    /** Represents a PrivacyAsk. */
    class PrivacyAsk {

        /**
         * Constructs a new PrivacyAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.PrivacyAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** PrivacyAsk level. */
        level: string;

        /** PrivacyAsk epsilon. */
        epsilon: string;

        /** PrivacyAsk rho. */
        rho: string;

        /** PrivacyAsk groupsPerSubject. */
        groupsPerSubject: number;

        /** PrivacyAsk rowsPerSubject. */
        rowsPerSubject: number;

        /** PrivacyAsk bounds. */
        bounds: stimnet.VariableBounds[];

        /**
         * Creates a new PrivacyAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns PrivacyAsk instance
         */
        static create(properties: stimnet.PrivacyAsk.$Shape): stimnet.PrivacyAsk & stimnet.PrivacyAsk.$Shape;
        static create(properties?: stimnet.PrivacyAsk.$Properties): stimnet.PrivacyAsk;

        /**
         * Encodes the specified PrivacyAsk message. Does not implicitly {@link stimnet.PrivacyAsk.verify|verify} messages.
         * @param message PrivacyAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.PrivacyAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a PrivacyAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.PrivacyAsk & stimnet.PrivacyAsk.$Shape} PrivacyAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.PrivacyAsk & stimnet.PrivacyAsk.$Shape;

        /**
         * Verifies a PrivacyAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a PrivacyAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns PrivacyAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.PrivacyAsk;

        /**
         * Creates a plain object from a PrivacyAsk message. Also converts values to other types if specified.
         * @param message PrivacyAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.PrivacyAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this PrivacyAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace PrivacyAsk {

        /** Properties of a PrivacyAsk. */
        interface $Properties {

            /** PrivacyAsk level */
            level?: string;

            /** PrivacyAsk epsilon */
            epsilon?: string;

            /** PrivacyAsk rho */
            rho?: string;

            /** PrivacyAsk groupsPerSubject */
            groupsPerSubject?: number;

            /** PrivacyAsk rowsPerSubject */
            rowsPerSubject?: number;

            /** PrivacyAsk bounds */
            bounds?: stimnet.VariableBounds.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a PrivacyAsk. */
        type $Shape = stimnet.PrivacyAsk.$Properties;
    }

    /**
     * Properties of a VariableBounds.
     * @deprecated Use stimnet.VariableBounds.$Properties instead.
     */
    interface IVariableBounds extends stimnet.VariableBounds.$Properties {
    }

    /** Represents a VariableBounds. */
    class VariableBounds {

        /**
         * Constructs a new VariableBounds.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.VariableBounds.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VariableBounds variable. */
        variable: string;

        /** VariableBounds lower. */
        lower: string;

        /** VariableBounds upper. */
        upper: string;

        /**
         * Creates a new VariableBounds instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VariableBounds instance
         */
        static create(properties: stimnet.VariableBounds.$Shape): stimnet.VariableBounds & stimnet.VariableBounds.$Shape;
        static create(properties?: stimnet.VariableBounds.$Properties): stimnet.VariableBounds;

        /**
         * Encodes the specified VariableBounds message. Does not implicitly {@link stimnet.VariableBounds.verify|verify} messages.
         * @param message VariableBounds message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.VariableBounds.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VariableBounds message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.VariableBounds & stimnet.VariableBounds.$Shape} VariableBounds
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.VariableBounds & stimnet.VariableBounds.$Shape;

        /**
         * Verifies a VariableBounds message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a VariableBounds message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VariableBounds
         */
        static fromObject(object: { [k: string]: any }): stimnet.VariableBounds;

        /**
         * Creates a plain object from a VariableBounds message. Also converts values to other types if specified.
         * @param message VariableBounds
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.VariableBounds, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VariableBounds to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace VariableBounds {

        /** Properties of a VariableBounds. */
        interface $Properties {

            /** VariableBounds variable */
            variable?: string;

            /** VariableBounds lower */
            lower?: string;

            /** VariableBounds upper */
            upper?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VariableBounds. */
        type $Shape = stimnet.VariableBounds.$Properties;
    }

    /**
     * Properties of an OutputDeclaration.
     * @deprecated Use stimnet.OutputDeclaration.$Properties instead.
     */
    interface IOutputDeclaration extends stimnet.OutputDeclaration.$Properties {
    }

    /** Represents an OutputDeclaration. */
    class OutputDeclaration {

        /**
         * Constructs a new OutputDeclaration.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.OutputDeclaration.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** OutputDeclaration name. */
        name: string;

        /** OutputDeclaration kind. */
        kind: string;

        /** OutputDeclaration categories. */
        categories: string[];

        /** OutputDeclaration edges. */
        edges: number[];

        /** OutputDeclaration lower. */
        lower: string;

        /** OutputDeclaration upper. */
        upper: string;

        /** OutputDeclaration terms. */
        terms: string[];

        /** OutputDeclaration digits. */
        digits: number;

        /** OutputDeclaration unit. */
        unit: string;

        /** OutputDeclaration of. */
        of: string;

        /** OutputDeclaration category. */
        category: string;

        /**
         * Creates a new OutputDeclaration instance using the specified properties.
         * @param [properties] Properties to set
         * @returns OutputDeclaration instance
         */
        static create(properties: stimnet.OutputDeclaration.$Shape): stimnet.OutputDeclaration & stimnet.OutputDeclaration.$Shape;
        static create(properties?: stimnet.OutputDeclaration.$Properties): stimnet.OutputDeclaration;

        /**
         * Encodes the specified OutputDeclaration message. Does not implicitly {@link stimnet.OutputDeclaration.verify|verify} messages.
         * @param message OutputDeclaration message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.OutputDeclaration.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an OutputDeclaration message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.OutputDeclaration & stimnet.OutputDeclaration.$Shape} OutputDeclaration
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.OutputDeclaration & stimnet.OutputDeclaration.$Shape;

        /**
         * Verifies an OutputDeclaration message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an OutputDeclaration message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns OutputDeclaration
         */
        static fromObject(object: { [k: string]: any }): stimnet.OutputDeclaration;

        /**
         * Creates a plain object from an OutputDeclaration message. Also converts values to other types if specified.
         * @param message OutputDeclaration
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.OutputDeclaration, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this OutputDeclaration to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace OutputDeclaration {

        /** Properties of an OutputDeclaration. */
        interface $Properties {

            /** OutputDeclaration name */
            name?: string;

            /** OutputDeclaration kind */
            kind?: string;

            /** OutputDeclaration categories */
            categories?: string[];

            /** OutputDeclaration edges */
            edges?: number[];

            /** OutputDeclaration lower */
            lower?: string;

            /** OutputDeclaration upper */
            upper?: string;

            /** OutputDeclaration terms */
            terms?: string[];

            /** OutputDeclaration digits */
            digits?: number;

            /** OutputDeclaration unit */
            unit?: string;

            /** OutputDeclaration of */
            of?: string;

            /** OutputDeclaration category */
            category?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an OutputDeclaration. */
        type $Shape = stimnet.OutputDeclaration.$Properties;
    }

    /**
     * Properties of a VariableContract.
     * @deprecated Use stimnet.VariableContract.$Properties instead.
     */
    interface IVariableContract extends stimnet.VariableContract.$Properties {
    }

    /** Represents a VariableContract. */
    class VariableContract {

        /**
         * Constructs a new VariableContract.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.VariableContract.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VariableContract variable. */
        variable: string;

        /** VariableContract type. */
        type: string;

        /** VariableContract unit. */
        unit: string;

        /** VariableContract levels. */
        levels: string[];

        /** VariableContract breakpoints. */
        breakpoints: number[];

        /**
         * Creates a new VariableContract instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VariableContract instance
         */
        static create(properties: stimnet.VariableContract.$Shape): stimnet.VariableContract & stimnet.VariableContract.$Shape;
        static create(properties?: stimnet.VariableContract.$Properties): stimnet.VariableContract;

        /**
         * Encodes the specified VariableContract message. Does not implicitly {@link stimnet.VariableContract.verify|verify} messages.
         * @param message VariableContract message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.VariableContract.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VariableContract message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.VariableContract & stimnet.VariableContract.$Shape} VariableContract
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.VariableContract & stimnet.VariableContract.$Shape;

        /**
         * Verifies a VariableContract message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a VariableContract message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VariableContract
         */
        static fromObject(object: { [k: string]: any }): stimnet.VariableContract;

        /**
         * Creates a plain object from a VariableContract message. Also converts values to other types if specified.
         * @param message VariableContract
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.VariableContract, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VariableContract to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace VariableContract {

        /** Properties of a VariableContract. */
        interface $Properties {

            /** VariableContract variable */
            variable?: string;

            /** VariableContract type */
            type?: string;

            /** VariableContract unit */
            unit?: string;

            /** VariableContract levels */
            levels?: string[];

            /** VariableContract breakpoints */
            breakpoints?: number[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VariableContract. */
        type $Shape = stimnet.VariableContract.$Properties;
    }

    /**
     * Properties of a VariableMapping.
     * @deprecated Use stimnet.VariableMapping.$Properties instead.
     */
    interface IVariableMapping extends stimnet.VariableMapping.$Properties {
    }

    /** Represents a VariableMapping. */
    class VariableMapping {

        /**
         * Constructs a new VariableMapping.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.VariableMapping.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** VariableMapping peer. */
        peer: string;

        /** VariableMapping variable. */
        variable: string;

        /** VariableMapping local. */
        local: string;

        /** VariableMapping levels. */
        levels: stimnet.LevelMapping[];

        /** VariableMapping scale. */
        scale: string;

        /**
         * Creates a new VariableMapping instance using the specified properties.
         * @param [properties] Properties to set
         * @returns VariableMapping instance
         */
        static create(properties: stimnet.VariableMapping.$Shape): stimnet.VariableMapping & stimnet.VariableMapping.$Shape;
        static create(properties?: stimnet.VariableMapping.$Properties): stimnet.VariableMapping;

        /**
         * Encodes the specified VariableMapping message. Does not implicitly {@link stimnet.VariableMapping.verify|verify} messages.
         * @param message VariableMapping message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.VariableMapping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a VariableMapping message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.VariableMapping & stimnet.VariableMapping.$Shape} VariableMapping
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.VariableMapping & stimnet.VariableMapping.$Shape;

        /**
         * Verifies a VariableMapping message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a VariableMapping message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns VariableMapping
         */
        static fromObject(object: { [k: string]: any }): stimnet.VariableMapping;

        /**
         * Creates a plain object from a VariableMapping message. Also converts values to other types if specified.
         * @param message VariableMapping
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.VariableMapping, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this VariableMapping to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace VariableMapping {

        /** Properties of a VariableMapping. */
        interface $Properties {

            /** VariableMapping peer */
            peer?: string;

            /** VariableMapping variable */
            variable?: string;

            /** VariableMapping local */
            local?: string;

            /** VariableMapping levels */
            levels?: stimnet.LevelMapping.$Properties[];

            /** VariableMapping scale */
            scale?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a VariableMapping. */
        type $Shape = stimnet.VariableMapping.$Properties;
    }

    /**
     * Properties of a LevelMapping.
     * @deprecated Use stimnet.LevelMapping.$Properties instead.
     */
    interface ILevelMapping extends stimnet.LevelMapping.$Properties {
    }

    /** Represents a LevelMapping. */
    class LevelMapping {

        /**
         * Constructs a new LevelMapping.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.LevelMapping.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** LevelMapping local. */
        local: string;

        /** LevelMapping level. */
        level: string;

        /**
         * Creates a new LevelMapping instance using the specified properties.
         * @param [properties] Properties to set
         * @returns LevelMapping instance
         */
        static create(properties: stimnet.LevelMapping.$Shape): stimnet.LevelMapping & stimnet.LevelMapping.$Shape;
        static create(properties?: stimnet.LevelMapping.$Properties): stimnet.LevelMapping;

        /**
         * Encodes the specified LevelMapping message. Does not implicitly {@link stimnet.LevelMapping.verify|verify} messages.
         * @param message LevelMapping message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.LevelMapping.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a LevelMapping message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.LevelMapping & stimnet.LevelMapping.$Shape} LevelMapping
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.LevelMapping & stimnet.LevelMapping.$Shape;

        /**
         * Verifies a LevelMapping message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a LevelMapping message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns LevelMapping
         */
        static fromObject(object: { [k: string]: any }): stimnet.LevelMapping;

        /**
         * Creates a plain object from a LevelMapping message. Also converts values to other types if specified.
         * @param message LevelMapping
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.LevelMapping, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this LevelMapping to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace LevelMapping {

        /** Properties of a LevelMapping. */
        interface $Properties {

            /** LevelMapping local */
            local?: string;

            /** LevelMapping level */
            level?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a LevelMapping. */
        type $Shape = stimnet.LevelMapping.$Properties;
    }

    /**
     * Properties of a Program.
     * @deprecated Use stimnet.Program.$Properties instead.
     */
    interface IProgram extends stimnet.Program.$Properties {
    }

    /** Represents a Program. */
    class Program {

        /**
         * Constructs a new Program.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Program.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Program sql. */
        sql: (string|null);

        /** Program statistic. */
        statistic: (stimnet.Statistic|null);

        /** Program script. */
        script: (stimnet.Script|null);

        /** Program kind. */
        kind?: ("sql"|"statistic"|"script");

        /**
         * Creates a new Program instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Program instance
         */
        static create(properties: stimnet.Program.$Shape): stimnet.Program & stimnet.Program.$Shape;
        static create(properties?: stimnet.Program.$Properties): stimnet.Program;

        /**
         * Encodes the specified Program message. Does not implicitly {@link stimnet.Program.verify|verify} messages.
         * @param message Program message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Program.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Program message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Program & stimnet.Program.$Shape} Program
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Program & stimnet.Program.$Shape;

        /**
         * Verifies a Program message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Program message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Program
         */
        static fromObject(object: { [k: string]: any }): stimnet.Program;

        /**
         * Creates a plain object from a Program message. Also converts values to other types if specified.
         * @param message Program
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Program, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Program to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Program {

        /** Properties of a Program. */
        interface $Properties {

            /** Program sql */
            sql?: (string|null);

            /** Program statistic */
            statistic?: (stimnet.Statistic.$Properties|null);

            /** Program script */
            script?: (stimnet.Script.$Properties|null);

            /** Program kind */
            kind?: ("sql"|"statistic"|"script");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Program. */
        type $Shape = {
          sql?: string|null;
          statistic?: stimnet.Statistic.$Shape|null;
          script?: stimnet.Script.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ kind?: undefined; sql?: null; statistic?: null; script?: null }|{ kind?: "sql"; sql: string; statistic?: null; script?: null }|{ kind?: "statistic"; sql?: null; statistic: stimnet.Statistic.$Shape; script?: null }|{ kind?: "script"; sql?: null; statistic?: null; script: stimnet.Script.$Shape })
        );
    }

    /**
     * Properties of a Statistic.
     * @deprecated Use stimnet.Statistic.$Properties instead.
     */
    interface IStatistic extends stimnet.Statistic.$Properties {
    }

    /** Represents a Statistic. */
    class Statistic {

        /**
         * Constructs a new Statistic.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Statistic.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Statistic name. */
        name: string;

        /** Statistic table. */
        table: string;

        /** Statistic variables. */
        variables: string[];

        /** Statistic by. */
        by: string[];

        /** Statistic argumentsJson. */
        argumentsJson: string;

        /**
         * Creates a new Statistic instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Statistic instance
         */
        static create(properties: stimnet.Statistic.$Shape): stimnet.Statistic & stimnet.Statistic.$Shape;
        static create(properties?: stimnet.Statistic.$Properties): stimnet.Statistic;

        /**
         * Encodes the specified Statistic message. Does not implicitly {@link stimnet.Statistic.verify|verify} messages.
         * @param message Statistic message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Statistic.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Statistic message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Statistic & stimnet.Statistic.$Shape} Statistic
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Statistic & stimnet.Statistic.$Shape;

        /**
         * Verifies a Statistic message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Statistic message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Statistic
         */
        static fromObject(object: { [k: string]: any }): stimnet.Statistic;

        /**
         * Creates a plain object from a Statistic message. Also converts values to other types if specified.
         * @param message Statistic
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Statistic, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Statistic to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Statistic {

        /** Properties of a Statistic. */
        interface $Properties {

            /** Statistic name */
            name?: string;

            /** Statistic table */
            table?: string;

            /** Statistic variables */
            variables?: string[];

            /** Statistic by */
            by?: string[];

            /** Statistic argumentsJson */
            argumentsJson?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Statistic. */
        type $Shape = stimnet.Statistic.$Properties;
    }

    /**
     * Properties of a Script.
     * @deprecated Use stimnet.Script.$Properties instead.
     */
    interface IScript extends stimnet.Script.$Properties {
    }

    /** Represents a Script. */
    class Script {

        /**
         * Constructs a new Script.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Script.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Script language. */
        language: string;

        /** Script code. */
        code: string;

        /**
         * Creates a new Script instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Script instance
         */
        static create(properties: stimnet.Script.$Shape): stimnet.Script & stimnet.Script.$Shape;
        static create(properties?: stimnet.Script.$Properties): stimnet.Script;

        /**
         * Encodes the specified Script message. Does not implicitly {@link stimnet.Script.verify|verify} messages.
         * @param message Script message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Script.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Script message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Script & stimnet.Script.$Shape} Script
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Script & stimnet.Script.$Shape;

        /**
         * Verifies a Script message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Script message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Script
         */
        static fromObject(object: { [k: string]: any }): stimnet.Script;

        /**
         * Creates a plain object from a Script message. Also converts values to other types if specified.
         * @param message Script
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Script, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Script to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Script {

        /** Properties of a Script. */
        interface $Properties {

            /** Script language */
            language?: string;

            /** Script code */
            code?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Script. */
        type $Shape = stimnet.Script.$Properties;
    }

    /**
     * Properties of a Filter.
     * @deprecated Use stimnet.Filter.$Properties instead.
     */
    interface IFilter extends stimnet.Filter.$Properties {
    }

    /** Represents a Filter. */
    class Filter {

        /**
         * Constructs a new Filter.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Filter.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Filter all. */
        all: (stimnet.FilterList|null);

        /** Filter any. */
        any: (stimnet.FilterList|null);

        /** Filter not. */
        not: (stimnet.Filter|null);

        /** Filter compare. */
        compare: (stimnet.Comparison|null);

        /** Filter body. */
        body?: ("all"|"any"|"not"|"compare");

        /**
         * Creates a new Filter instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Filter instance
         */
        static create(properties: stimnet.Filter.$Shape): stimnet.Filter & stimnet.Filter.$Shape;
        static create(properties?: stimnet.Filter.$Properties): stimnet.Filter;

        /**
         * Encodes the specified Filter message. Does not implicitly {@link stimnet.Filter.verify|verify} messages.
         * @param message Filter message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Filter.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Filter message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Filter & stimnet.Filter.$Shape} Filter
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Filter & stimnet.Filter.$Shape;

        /**
         * Verifies a Filter message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Filter message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Filter
         */
        static fromObject(object: { [k: string]: any }): stimnet.Filter;

        /**
         * Creates a plain object from a Filter message. Also converts values to other types if specified.
         * @param message Filter
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Filter, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Filter to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Filter {

        /** Properties of a Filter. */
        interface $Properties {

            /** Filter all */
            all?: (stimnet.FilterList.$Properties|null);

            /** Filter any */
            any?: (stimnet.FilterList.$Properties|null);

            /** Filter not */
            not?: (stimnet.Filter.$Properties|null);

            /** Filter compare */
            compare?: (stimnet.Comparison.$Properties|null);

            /** Filter body */
            body?: ("all"|"any"|"not"|"compare");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a Filter. */
        type $Shape = {
          all?: stimnet.FilterList.$Shape|null;
          any?: stimnet.FilterList.$Shape|null;
          not?: stimnet.Filter.$Shape|null;
          compare?: stimnet.Comparison.$Shape|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ body?: undefined; all?: null; any?: null; not?: null; compare?: null }|{ body?: "all"; all: stimnet.FilterList.$Shape; any?: null; not?: null; compare?: null }|{ body?: "any"; all?: null; any: stimnet.FilterList.$Shape; not?: null; compare?: null }|{ body?: "not"; all?: null; any?: null; not: stimnet.Filter.$Shape; compare?: null }|{ body?: "compare"; all?: null; any?: null; not?: null; compare: stimnet.Comparison.$Shape })
        );
    }

    /**
     * Properties of a FilterList.
     * @deprecated Use stimnet.FilterList.$Properties instead.
     */
    interface IFilterList extends stimnet.FilterList.$Properties {
    }

    /** Represents a FilterList. */
    class FilterList {

        /**
         * Constructs a new FilterList.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FilterList.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FilterList filters. */
        filters: stimnet.Filter[];

        /**
         * Creates a new FilterList instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FilterList instance
         */
        static create(properties: stimnet.FilterList.$Shape): stimnet.FilterList & stimnet.FilterList.$Shape;
        static create(properties?: stimnet.FilterList.$Properties): stimnet.FilterList;

        /**
         * Encodes the specified FilterList message. Does not implicitly {@link stimnet.FilterList.verify|verify} messages.
         * @param message FilterList message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FilterList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FilterList message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FilterList & stimnet.FilterList.$Shape} FilterList
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FilterList & stimnet.FilterList.$Shape;

        /**
         * Verifies a FilterList message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FilterList message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FilterList
         */
        static fromObject(object: { [k: string]: any }): stimnet.FilterList;

        /**
         * Creates a plain object from a FilterList message. Also converts values to other types if specified.
         * @param message FilterList
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FilterList, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FilterList to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FilterList {

        /** Properties of a FilterList. */
        interface $Properties {

            /** FilterList filters */
            filters?: stimnet.Filter.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FilterList. */
        type $Shape = {
          filters?: stimnet.Filter.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a Comparison.
     * @deprecated Use stimnet.Comparison.$Properties instead.
     */
    interface IComparison extends stimnet.Comparison.$Properties {
    }

    /** Represents a Comparison. */
    class Comparison {

        /**
         * Constructs a new Comparison.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Comparison.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Comparison column. */
        column: string;

        /** Comparison op. */
        op: string;

        /** Comparison values. */
        values: stimnet.FilterValue[];

        /**
         * Creates a new Comparison instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Comparison instance
         */
        static create(properties: stimnet.Comparison.$Shape): stimnet.Comparison & stimnet.Comparison.$Shape;
        static create(properties?: stimnet.Comparison.$Properties): stimnet.Comparison;

        /**
         * Encodes the specified Comparison message. Does not implicitly {@link stimnet.Comparison.verify|verify} messages.
         * @param message Comparison message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Comparison.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Comparison message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Comparison & stimnet.Comparison.$Shape} Comparison
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Comparison & stimnet.Comparison.$Shape;

        /**
         * Verifies a Comparison message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Comparison message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Comparison
         */
        static fromObject(object: { [k: string]: any }): stimnet.Comparison;

        /**
         * Creates a plain object from a Comparison message. Also converts values to other types if specified.
         * @param message Comparison
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Comparison, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Comparison to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Comparison {

        /** Properties of a Comparison. */
        interface $Properties {

            /** Comparison column */
            column?: string;

            /** Comparison op */
            op?: string;

            /** Comparison values */
            values?: stimnet.FilterValue.$Properties[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Comparison. */
        type $Shape = {
          column?: string;
          op?: string;
          values?: stimnet.FilterValue.$Shape[];
          $unknowns?: Uint8Array[];
        };
    }

    /**
     * Properties of a FilterValue.
     * @deprecated Use stimnet.FilterValue.$Properties instead.
     */
    interface IFilterValue extends stimnet.FilterValue.$Properties {
    }

    /** Represents a FilterValue. */
    class FilterValue {

        /**
         * Constructs a new FilterValue.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FilterValue.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FilterValue text. */
        text: (string|null);

        /** FilterValue number. */
        number: (number|null);

        /** FilterValue truth. */
        truth: (boolean|null);

        /** FilterValue value. */
        value?: ("text"|"number"|"truth");

        /**
         * Creates a new FilterValue instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FilterValue instance
         */
        static create(properties: stimnet.FilterValue.$Shape): stimnet.FilterValue & stimnet.FilterValue.$Shape;
        static create(properties?: stimnet.FilterValue.$Properties): stimnet.FilterValue;

        /**
         * Encodes the specified FilterValue message. Does not implicitly {@link stimnet.FilterValue.verify|verify} messages.
         * @param message FilterValue message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FilterValue.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FilterValue message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FilterValue & stimnet.FilterValue.$Shape} FilterValue
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FilterValue & stimnet.FilterValue.$Shape;

        /**
         * Verifies a FilterValue message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FilterValue message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FilterValue
         */
        static fromObject(object: { [k: string]: any }): stimnet.FilterValue;

        /**
         * Creates a plain object from a FilterValue message. Also converts values to other types if specified.
         * @param message FilterValue
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FilterValue, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FilterValue to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FilterValue {

        /** Properties of a FilterValue. */
        interface $Properties {

            /** FilterValue text */
            text?: (string|null);

            /** FilterValue number */
            number?: (number|null);

            /** FilterValue truth */
            truth?: (boolean|null);

            /** FilterValue value */
            value?: ("text"|"number"|"truth");

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Narrowed shape of a FilterValue. */
        type $Shape = {
          text?: string|null;
          number?: number|null;
          truth?: boolean|null;
          $unknowns?: Uint8Array[];
        } & (
          ({ value?: undefined; text?: null; number?: null; truth?: null }|{ value?: "text"; text: string; number?: null; truth?: null }|{ value?: "number"; text?: null; number: number; truth?: null }|{ value?: "truth"; text?: null; number?: null; truth: boolean })
        );
    }

    /**
     * Properties of a JobAsk.
     * @deprecated Use stimnet.JobAsk.$Properties instead.
     */
    interface IJobAsk extends stimnet.JobAsk.$Properties {
    }

    /** Represents a JobAsk. */
    class JobAsk {

        /**
         * Constructs a new JobAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.JobAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** JobAsk request. */
        request: Uint8Array;

        /**
         * Creates a new JobAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns JobAsk instance
         */
        static create(properties: stimnet.JobAsk.$Shape): stimnet.JobAsk & stimnet.JobAsk.$Shape;
        static create(properties?: stimnet.JobAsk.$Properties): stimnet.JobAsk;

        /**
         * Encodes the specified JobAsk message. Does not implicitly {@link stimnet.JobAsk.verify|verify} messages.
         * @param message JobAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.JobAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a JobAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.JobAsk & stimnet.JobAsk.$Shape} JobAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.JobAsk & stimnet.JobAsk.$Shape;

        /**
         * Verifies a JobAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a JobAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns JobAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.JobAsk;

        /**
         * Creates a plain object from a JobAsk message. Also converts values to other types if specified.
         * @param message JobAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.JobAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this JobAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace JobAsk {

        /** Properties of a JobAsk. */
        interface $Properties {

            /** JobAsk request */
            request?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a JobAsk. */
        type $Shape = stimnet.JobAsk.$Properties;
    }

    /**
     * Properties of a JobAnswer.
     * @deprecated Use stimnet.JobAnswer.$Properties instead.
     */
    interface IJobAnswer extends stimnet.JobAnswer.$Properties {
    }

    /** Represents a JobAnswer. */
    class JobAnswer {

        /**
         * Constructs a new JobAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.JobAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** JobAnswer decision. */
        decision: Uint8Array;

        /**
         * Creates a new JobAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns JobAnswer instance
         */
        static create(properties: stimnet.JobAnswer.$Shape): stimnet.JobAnswer & stimnet.JobAnswer.$Shape;
        static create(properties?: stimnet.JobAnswer.$Properties): stimnet.JobAnswer;

        /**
         * Encodes the specified JobAnswer message. Does not implicitly {@link stimnet.JobAnswer.verify|verify} messages.
         * @param message JobAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.JobAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a JobAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.JobAnswer & stimnet.JobAnswer.$Shape} JobAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.JobAnswer & stimnet.JobAnswer.$Shape;

        /**
         * Verifies a JobAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a JobAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns JobAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.JobAnswer;

        /**
         * Creates a plain object from a JobAnswer message. Also converts values to other types if specified.
         * @param message JobAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.JobAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this JobAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace JobAnswer {

        /** Properties of a JobAnswer. */
        interface $Properties {

            /** JobAnswer decision */
            decision?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a JobAnswer. */
        type $Shape = stimnet.JobAnswer.$Properties;
    }

    /**
     * Properties of a Decision.
     * @deprecated Use stimnet.Decision.$Properties instead.
     */
    interface IDecision extends stimnet.Decision.$Properties {
    }

    /** Represents a Decision. */
    class Decision {

        /**
         * Constructs a new Decision.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Decision.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Decision allowed. */
        allowed: boolean;

        /** Decision code. */
        code: string;

        /** Decision reason. */
        reason: string;

        /** Decision jobId. */
        jobId: string;

        /** Decision requestHash. */
        requestHash: string;

        /** Decision state. */
        state: string;

        /** Decision warnings. */
        warnings: string[];

        /**
         * Creates a new Decision instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Decision instance
         */
        static create(properties: stimnet.Decision.$Shape): stimnet.Decision & stimnet.Decision.$Shape;
        static create(properties?: stimnet.Decision.$Properties): stimnet.Decision;

        /**
         * Encodes the specified Decision message. Does not implicitly {@link stimnet.Decision.verify|verify} messages.
         * @param message Decision message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Decision.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Decision message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Decision & stimnet.Decision.$Shape} Decision
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Decision & stimnet.Decision.$Shape;

        /**
         * Verifies a Decision message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Decision message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Decision
         */
        static fromObject(object: { [k: string]: any }): stimnet.Decision;

        /**
         * Creates a plain object from a Decision message. Also converts values to other types if specified.
         * @param message Decision
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Decision, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Decision to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Decision {

        /** Properties of a Decision. */
        interface $Properties {

            /** Decision allowed */
            allowed?: boolean;

            /** Decision code */
            code?: string;

            /** Decision reason */
            reason?: string;

            /** Decision jobId */
            jobId?: string;

            /** Decision requestHash */
            requestHash?: string;

            /** Decision state */
            state?: string;

            /** Decision warnings */
            warnings?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Decision. */
        type $Shape = stimnet.Decision.$Properties;
    }

    /**
     * Properties of a CancelAsk.
     * @deprecated Use stimnet.CancelAsk.$Properties instead.
     */
    interface ICancelAsk extends stimnet.CancelAsk.$Properties {
    }

    /** Represents a CancelAsk. */
    class CancelAsk {

        /**
         * Constructs a new CancelAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CancelAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CancelAsk cancel. */
        cancel: Uint8Array;

        /**
         * Creates a new CancelAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CancelAsk instance
         */
        static create(properties: stimnet.CancelAsk.$Shape): stimnet.CancelAsk & stimnet.CancelAsk.$Shape;
        static create(properties?: stimnet.CancelAsk.$Properties): stimnet.CancelAsk;

        /**
         * Encodes the specified CancelAsk message. Does not implicitly {@link stimnet.CancelAsk.verify|verify} messages.
         * @param message CancelAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CancelAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CancelAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CancelAsk & stimnet.CancelAsk.$Shape} CancelAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CancelAsk & stimnet.CancelAsk.$Shape;

        /**
         * Verifies a CancelAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CancelAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CancelAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.CancelAsk;

        /**
         * Creates a plain object from a CancelAsk message. Also converts values to other types if specified.
         * @param message CancelAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CancelAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CancelAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CancelAsk {

        /** Properties of a CancelAsk. */
        interface $Properties {

            /** CancelAsk cancel */
            cancel?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CancelAsk. */
        type $Shape = stimnet.CancelAsk.$Properties;
    }

    /**
     * Properties of a CancelRequest.
     * @deprecated Use stimnet.CancelRequest.$Properties instead.
     */
    interface ICancelRequest extends stimnet.CancelRequest.$Properties {
    }

    /** Represents a CancelRequest. */
    class CancelRequest {

        /**
         * Constructs a new CancelRequest.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CancelRequest.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CancelRequest jobId. */
        jobId: string;

        /**
         * Creates a new CancelRequest instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CancelRequest instance
         */
        static create(properties: stimnet.CancelRequest.$Shape): stimnet.CancelRequest & stimnet.CancelRequest.$Shape;
        static create(properties?: stimnet.CancelRequest.$Properties): stimnet.CancelRequest;

        /**
         * Encodes the specified CancelRequest message. Does not implicitly {@link stimnet.CancelRequest.verify|verify} messages.
         * @param message CancelRequest message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CancelRequest.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CancelRequest message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CancelRequest & stimnet.CancelRequest.$Shape} CancelRequest
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CancelRequest & stimnet.CancelRequest.$Shape;

        /**
         * Verifies a CancelRequest message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CancelRequest message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CancelRequest
         */
        static fromObject(object: { [k: string]: any }): stimnet.CancelRequest;

        /**
         * Creates a plain object from a CancelRequest message. Also converts values to other types if specified.
         * @param message CancelRequest
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CancelRequest, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CancelRequest to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CancelRequest {

        /** Properties of a CancelRequest. */
        interface $Properties {

            /** CancelRequest jobId */
            jobId?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CancelRequest. */
        type $Shape = stimnet.CancelRequest.$Properties;
    }

    /**
     * Properties of a CancelAnswer.
     * @deprecated Use stimnet.CancelAnswer.$Properties instead.
     */
    interface ICancelAnswer extends stimnet.CancelAnswer.$Properties {
    }

    /** Represents a CancelAnswer. */
    class CancelAnswer {

        /**
         * Constructs a new CancelAnswer.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.CancelAnswer.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** CancelAnswer ok. */
        ok: boolean;

        /** CancelAnswer code. */
        code: string;

        /** CancelAnswer reason. */
        reason: string;

        /**
         * Creates a new CancelAnswer instance using the specified properties.
         * @param [properties] Properties to set
         * @returns CancelAnswer instance
         */
        static create(properties: stimnet.CancelAnswer.$Shape): stimnet.CancelAnswer & stimnet.CancelAnswer.$Shape;
        static create(properties?: stimnet.CancelAnswer.$Properties): stimnet.CancelAnswer;

        /**
         * Encodes the specified CancelAnswer message. Does not implicitly {@link stimnet.CancelAnswer.verify|verify} messages.
         * @param message CancelAnswer message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.CancelAnswer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a CancelAnswer message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.CancelAnswer & stimnet.CancelAnswer.$Shape} CancelAnswer
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.CancelAnswer & stimnet.CancelAnswer.$Shape;

        /**
         * Verifies a CancelAnswer message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a CancelAnswer message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns CancelAnswer
         */
        static fromObject(object: { [k: string]: any }): stimnet.CancelAnswer;

        /**
         * Creates a plain object from a CancelAnswer message. Also converts values to other types if specified.
         * @param message CancelAnswer
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.CancelAnswer, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this CancelAnswer to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace CancelAnswer {

        /** Properties of a CancelAnswer. */
        interface $Properties {

            /** CancelAnswer ok */
            ok?: boolean;

            /** CancelAnswer code */
            code?: string;

            /** CancelAnswer reason */
            reason?: string;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a CancelAnswer. */
        type $Shape = stimnet.CancelAnswer.$Properties;
    }

    /**
     * Properties of a FollowAsk.
     * @deprecated Use stimnet.FollowAsk.$Properties instead.
     */
    interface IFollowAsk extends stimnet.FollowAsk.$Properties {
    }

    /** Represents a FollowAsk. */
    class FollowAsk {

        /**
         * Constructs a new FollowAsk.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FollowAsk.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FollowAsk log. */
        log: string;

        /** FollowAsk after. */
        after: number;

        /** FollowAsk openJobs. */
        openJobs: string[];

        /**
         * Creates a new FollowAsk instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FollowAsk instance
         */
        static create(properties: stimnet.FollowAsk.$Shape): stimnet.FollowAsk & stimnet.FollowAsk.$Shape;
        static create(properties?: stimnet.FollowAsk.$Properties): stimnet.FollowAsk;

        /**
         * Encodes the specified FollowAsk message. Does not implicitly {@link stimnet.FollowAsk.verify|verify} messages.
         * @param message FollowAsk message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FollowAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FollowAsk message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FollowAsk & stimnet.FollowAsk.$Shape} FollowAsk
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FollowAsk & stimnet.FollowAsk.$Shape;

        /**
         * Verifies a FollowAsk message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FollowAsk message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FollowAsk
         */
        static fromObject(object: { [k: string]: any }): stimnet.FollowAsk;

        /**
         * Creates a plain object from a FollowAsk message. Also converts values to other types if specified.
         * @param message FollowAsk
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FollowAsk, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FollowAsk to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FollowAsk {

        /** Properties of a FollowAsk. */
        interface $Properties {

            /** FollowAsk log */
            log?: string;

            /** FollowAsk after */
            after?: number;

            /** FollowAsk openJobs */
            openJobs?: string[];

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FollowAsk. */
        type $Shape = stimnet.FollowAsk.$Properties;
    }

    /**
     * Properties of a FollowEvent.
     * @deprecated Use stimnet.FollowEvent.$Properties instead.
     */
    interface IFollowEvent extends stimnet.FollowEvent.$Properties {
    }

    /** Represents a FollowEvent. */
    class FollowEvent {

        /**
         * Constructs a new FollowEvent.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.FollowEvent.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** FollowEvent log. */
        log: string;

        /** FollowEvent sequence. */
        sequence: number;

        /** FollowEvent jobId. */
        jobId: string;

        /** FollowEvent state. */
        state: string;

        /** FollowEvent progress. */
        progress: number;

        /** FollowEvent result. */
        result: Uint8Array;

        /** FollowEvent alive. */
        alive: boolean;

        /**
         * Creates a new FollowEvent instance using the specified properties.
         * @param [properties] Properties to set
         * @returns FollowEvent instance
         */
        static create(properties: stimnet.FollowEvent.$Shape): stimnet.FollowEvent & stimnet.FollowEvent.$Shape;
        static create(properties?: stimnet.FollowEvent.$Properties): stimnet.FollowEvent;

        /**
         * Encodes the specified FollowEvent message. Does not implicitly {@link stimnet.FollowEvent.verify|verify} messages.
         * @param message FollowEvent message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.FollowEvent.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a FollowEvent message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.FollowEvent & stimnet.FollowEvent.$Shape} FollowEvent
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.FollowEvent & stimnet.FollowEvent.$Shape;

        /**
         * Verifies a FollowEvent message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a FollowEvent message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns FollowEvent
         */
        static fromObject(object: { [k: string]: any }): stimnet.FollowEvent;

        /**
         * Creates a plain object from a FollowEvent message. Also converts values to other types if specified.
         * @param message FollowEvent
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.FollowEvent, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this FollowEvent to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace FollowEvent {

        /** Properties of a FollowEvent. */
        interface $Properties {

            /** FollowEvent log */
            log?: string;

            /** FollowEvent sequence */
            sequence?: number;

            /** FollowEvent jobId */
            jobId?: string;

            /** FollowEvent state */
            state?: string;

            /** FollowEvent progress */
            progress?: number;

            /** FollowEvent result */
            result?: Uint8Array;

            /** FollowEvent alive */
            alive?: boolean;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a FollowEvent. */
        type $Shape = stimnet.FollowEvent.$Properties;
    }

    /**
     * Properties of a JobResult.
     * @deprecated Use stimnet.JobResult.$Properties instead.
     */
    interface IJobResult extends stimnet.JobResult.$Properties {
    }

    /** Represents a JobResult. */
    class JobResult {

        /**
         * Constructs a new JobResult.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.JobResult.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** JobResult jobId. */
        jobId: string;

        /** JobResult state. */
        state: string;

        /** JobResult code. */
        code: string;

        /** JobResult reason. */
        reason: string;

        /** JobResult outputJson. */
        outputJson: Uint8Array;

        /** JobResult receipt. */
        receipt: stimnet.Receipt;

        /**
         * Creates a new JobResult instance using the specified properties.
         * @param [properties] Properties to set
         * @returns JobResult instance
         */
        static create(properties: stimnet.JobResult.$Shape): stimnet.JobResult & stimnet.JobResult.$Shape;
        static create(properties?: stimnet.JobResult.$Properties): stimnet.JobResult;

        /**
         * Encodes the specified JobResult message. Does not implicitly {@link stimnet.JobResult.verify|verify} messages.
         * @param message JobResult message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.JobResult.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a JobResult message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.JobResult & stimnet.JobResult.$Shape} JobResult
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.JobResult & stimnet.JobResult.$Shape;

        /**
         * Verifies a JobResult message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a JobResult message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns JobResult
         */
        static fromObject(object: { [k: string]: any }): stimnet.JobResult;

        /**
         * Creates a plain object from a JobResult message. Also converts values to other types if specified.
         * @param message JobResult
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.JobResult, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this JobResult to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace JobResult {

        /** Properties of a JobResult. */
        interface $Properties {

            /** JobResult jobId */
            jobId?: string;

            /** JobResult state */
            state?: string;

            /** JobResult code */
            code?: string;

            /** JobResult reason */
            reason?: string;

            /** JobResult outputJson */
            outputJson?: Uint8Array;

            /** JobResult receipt */
            receipt?: stimnet.Receipt.$Properties;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a JobResult. */
        type $Shape = stimnet.JobResult.$Properties;
    }

    /**
     * Properties of a Receipt.
     * @deprecated Use stimnet.Receipt.$Properties instead.
     */
    interface IReceipt extends stimnet.Receipt.$Properties {
    }

    /** Represents a Receipt. */
    class Receipt {

        /**
         * Constructs a new Receipt.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.Receipt.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** Receipt requestHash. */
        requestHash: string;

        /** Receipt outputHash. */
        outputHash: string;

        /** Receipt epoch. */
        epoch: string;

        /** Receipt codeHash. */
        codeHash: string;

        /** Receipt image. */
        image: string;

        /** Receipt policyHash. */
        policyHash: string;

        /** Receipt auditHead. */
        auditHead: string;

        /** Receipt auditSequence. */
        auditSequence: number;

        /** Receipt releasedAtMs. */
        releasedAtMs: number;

        /** Receipt requester. */
        requester: string;

        /** Receipt custody. */
        custody: string;

        /** Receipt engine. */
        engine: string;

        /** Receipt grade. */
        grade: string;

        /** Receipt audit. */
        audit: stimnet.AuditProof;

        /**
         * Creates a new Receipt instance using the specified properties.
         * @param [properties] Properties to set
         * @returns Receipt instance
         */
        static create(properties: stimnet.Receipt.$Shape): stimnet.Receipt & stimnet.Receipt.$Shape;
        static create(properties?: stimnet.Receipt.$Properties): stimnet.Receipt;

        /**
         * Encodes the specified Receipt message. Does not implicitly {@link stimnet.Receipt.verify|verify} messages.
         * @param message Receipt message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.Receipt.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes a Receipt message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.Receipt & stimnet.Receipt.$Shape} Receipt
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.Receipt & stimnet.Receipt.$Shape;

        /**
         * Verifies a Receipt message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates a Receipt message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns Receipt
         */
        static fromObject(object: { [k: string]: any }): stimnet.Receipt;

        /**
         * Creates a plain object from a Receipt message. Also converts values to other types if specified.
         * @param message Receipt
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.Receipt, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this Receipt to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace Receipt {

        /** Properties of a Receipt. */
        interface $Properties {

            /** Receipt requestHash */
            requestHash?: string;

            /** Receipt outputHash */
            outputHash?: string;

            /** Receipt epoch */
            epoch?: string;

            /** Receipt codeHash */
            codeHash?: string;

            /** Receipt image */
            image?: string;

            /** Receipt policyHash */
            policyHash?: string;

            /** Receipt auditHead */
            auditHead?: string;

            /** Receipt auditSequence */
            auditSequence?: number;

            /** Receipt releasedAtMs */
            releasedAtMs?: number;

            /** Receipt requester */
            requester?: string;

            /** Receipt custody */
            custody?: string;

            /** Receipt engine */
            engine?: string;

            /** Receipt grade */
            grade?: string;

            /** Receipt audit */
            audit?: stimnet.AuditProof.$Properties;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of a Receipt. */
        type $Shape = stimnet.Receipt.$Properties;
    }

    /**
     * Properties of an AuditProof.
     * @deprecated Use stimnet.AuditProof.$Properties instead.
     */
    interface IAuditProof extends stimnet.AuditProof.$Properties {
    }

    /** Represents an AuditProof. */
    class AuditProof {

        /**
         * Constructs a new AuditProof.
         * @param [properties] Properties to set
         */
        constructor(properties?: stimnet.AuditProof.$Properties);

        /** Unknown fields preserved while decoding when enabled */
        $unknowns?: Uint8Array[];

        /** AuditProof entry. */
        entry: Uint8Array;

        /** AuditProof index. */
        index: number;

        /** AuditProof size. */
        size: number;

        /** AuditProof path. */
        path: Uint8Array[];

        /** AuditProof root. */
        root: Uint8Array;

        /** AuditProof record. */
        record: Uint8Array;

        /**
         * Creates a new AuditProof instance using the specified properties.
         * @param [properties] Properties to set
         * @returns AuditProof instance
         */
        static create(properties: stimnet.AuditProof.$Shape): stimnet.AuditProof & stimnet.AuditProof.$Shape;
        static create(properties?: stimnet.AuditProof.$Properties): stimnet.AuditProof;

        /**
         * Encodes the specified AuditProof message. Does not implicitly {@link stimnet.AuditProof.verify|verify} messages.
         * @param message AuditProof message or plain object to encode
         * @param [writer] Writer to encode to
         * @returns Writer
         */
        static encode(message: stimnet.AuditProof.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

        /**
         * Decodes an AuditProof message from the specified reader or buffer.
         * @param reader Reader or buffer to decode from
         * @param [length] Message length if known beforehand
         * @returns {stimnet.AuditProof & stimnet.AuditProof.$Shape} AuditProof
         * @throws {Error} If the payload is not a reader or valid buffer
         * @throws {$protobuf.util.ProtocolError} If required fields are missing
         */
        static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): stimnet.AuditProof & stimnet.AuditProof.$Shape;

        /**
         * Verifies an AuditProof message.
         * @param message Plain object to verify
         * @returns `null` if valid, otherwise the reason why it is not
         */
        static verify(message: { [k: string]: any }): (string|null);

        /**
         * Creates an AuditProof message from a plain object. Also converts values to their respective internal types.
         * @param object Plain object
         * @returns AuditProof
         */
        static fromObject(object: { [k: string]: any }): stimnet.AuditProof;

        /**
         * Creates a plain object from an AuditProof message. Also converts values to other types if specified.
         * @param message AuditProof
         * @param [options] Conversion options
         * @returns Plain object
         */
        static toObject(message: stimnet.AuditProof, options?: $protobuf.IConversionOptions): { [k: string]: any };

        /**
         * Converts this AuditProof to JSON.
         * @returns JSON object
         */
        toJSON(): { [k: string]: any };
    }

    namespace AuditProof {

        /** Properties of an AuditProof. */
        interface $Properties {

            /** AuditProof entry */
            entry?: Uint8Array;

            /** AuditProof index */
            index?: number;

            /** AuditProof size */
            size?: number;

            /** AuditProof path */
            path?: Uint8Array[];

            /** AuditProof root */
            root?: Uint8Array;

            /** AuditProof record */
            record?: Uint8Array;

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];
        }

        /** Shape of an AuditProof. */
        type $Shape = stimnet.AuditProof.$Properties;
    }
}
