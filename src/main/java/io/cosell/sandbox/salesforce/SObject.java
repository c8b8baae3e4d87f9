package io.cosell.sandbox.salesforce;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One object of the organisation as its features are now.
 *
 * @param name       API name in proper case; also the name of its table in the store
 * @param prefix     first three characters of its ids
 * @param nameField  field that names a record to people
 * @param readOnly   changed by administrators only
 * @param entityTags whether its records have an ETag (section 3.4)
 * @param fields     every field, looked up without regard to case, in the order of {@code objects.yaml}
 * @param children   the lists of records that point to this object, by relationship name, looked up without regard to case
 */
record SObject(String name, String label, String plural, String prefix, String nameField, boolean readOnly, boolean entityTags,
               Map<String, Field> fields, Map<String, Child> children) {

    /**
     * The many side of a relationship.
     *
     * @param name   relationship name in proper case
     * @param object API name of the object whose records point here
     * @param field  their lookup
     */
    record Child(String name, String object, Field field) {
    }

    /** A field by its API name. */
    Optional<Field> field(String api) {
        return Optional.ofNullable(fields.get(api));
    }

    /** The lookup with this relationship name, such as {@code Account} or {@code Solution__r}. */
    Optional<Field> parent(String relationship) {
        return fields.values().stream().filter(field -> relationship.equalsIgnoreCase(field.relationship())).findFirst();
    }

    /** A list of records that point here, by its relationship name. */
    Optional<Child> child(String relationship) {
        return Optional.ofNullable(children.get(relationship));
    }

    /** Fields that records can be addressed by from outside: Id comes first. */
    List<Field> externalIds() {
        return fields.values().stream().filter(field -> field.type() == Type.ID || field.externalId()).toList();
    }

    boolean isCustom() {
        return name.endsWith("__c");
    }
}
