package io.cosell.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting of the connector, as the settings file packed into the jar describes it.
 *
 * @param name         such as {@code cosell.crm}
 * @param type         what its value must look like
 * @param optional     true when it may be empty
 * @param condition    when it must be set, if not always
 * @param defaultValue value when nobody sets it; empty for none. A setting that has none and is not optional must be set
 * @param description  one line for people
 */
public record Setting(String name, SettingType type, boolean optional, Optional<Condition> condition, String defaultValue,
                      String description) {

    /**
     * A setting is needed only while another one has a value.
     *
     * @param setting name of the other setting
     * @param value   its value
     */
    public record Condition(String setting, String value) {
    }

    /** True when its value must not be shown. */
    public boolean secret() {
        return type instanceof SettingType.Secret;
    }

    /** The environment variable that overrides it, in Camel's form: {@code COSELL_DEAL_VALUE_FIELD}. */
    public String environmentVariable() {
        return environmentVariable(name);
    }

    static String environmentVariable(String name) {
        return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
