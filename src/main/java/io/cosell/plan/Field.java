package io.cosell.plan;

import java.util.List;
import java.util.stream.Stream;

/**
 * One field that travels, as {@code mappings/fields.yaml} describes it.
 *
 * @param path            where it is in the referral view, a JSON Pointer
 * @param with            further paths that belong to the same field and are decided together with it: the currency of a money field;
 *                        substatus and, last and optional, the reason of a status field
 * @param title           its name in plain words
 * @param type            how values are compared
 * @param values          the values of a choice, in the spelling that is written
 * @param key             the member by which elements of a list are told apart; null for every other type
 * @param toCrm           when it travels from Partner Center to the CRM
 * @param toPartnerCenter when it travels from the CRM to Partner Center
 * @param winner          whose value stays when both sides changed it; null if nobody's: then people must settle it
 * @param oneWay          once set it is never changed or unset (switch and choice only)
 * @param readable        false if Partner Center does not show the value reliably, so that the CRM is compared with the base only
 * @param neverEmpty      whether a change that would empty it in Partner Center (for money also: set it to 0) is refused
 * @param description     what an integrator should know about it; may be empty
 */
public record Field(String path, List<String> with, String title, Type type, List<String> values, String key, Travel toCrm,
                    Travel toPartnerCenter, Side winner, boolean oneWay, boolean readable, boolean neverEmpty, String description) {

    /** How the values of a field are compared; {@link Normalise} has the details. */
    public enum Type {
        /** Plain text. */
        TEXT,
        /** An amount, usually with a currency. */
        MONEY,
        /** A calendar date in UTC. */
        DATE,
        /** Status and substatus of a deal, with the steps Partner Center allows between them. */
        STATUS,
        /** Yes or no. */
        SWITCH,
        /** One of a few given values. */
        CHOICE,
        /** Objects told apart by a key. */
        LIST,
        /** Any JSON, taken as a whole. */
        DOCUMENT
    }

    /** When a field travels in one direction. */
    public enum Travel {
        /** Not at all. */
        NEVER,
        /** Only into the document from which the other side's counterpart is created. */
        CREATE,
        /** At creation and with every change. */
        ALWAYS
    }

    /** Keeps lists immutable. */
    public Field {
        with = List.copyOf(with);
        values = List.copyOf(values);
    }

    /** All paths of the field, the main one first. */
    public List<String> paths() {
        return Stream.concat(Stream.of(path), with.stream()).toList();
    }

    /** The paths whose values are compared: all but the reason of a status. */
    List<String> comparedPaths() {
        return type == Type.STATUS ? paths().subList(0, 2) : paths();
    }

    /** Whether changes of it travel to {@code target} after creation. */
    public boolean updates(Side target) {
        return (target == Side.CRM ? toCrm : toPartnerCenter) == Travel.ALWAYS;
    }

    /** Whether it is part of the document from which the counterpart on {@code target} is created. */
    public boolean creates(Side target) {
        return (target == Side.CRM ? toCrm : toPartnerCenter) != Travel.NEVER;
    }
}
