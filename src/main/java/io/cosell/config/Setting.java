package io.cosell.config;

import java.util.Locale;

/**
 * One setting of the connector, as the settings file packed into the jar describes it.
 *
 * @param name         such as {@code cosell.crm}
 * @param type         what its value must look like
 * @param optional     true when it may be empty
 * @param defaultValue value when nobody sets it; empty for none. A setting that has none and is not optional must be set
 * @param description  one line for people
 */
public record Setting(String name, SettingType type, boolean optional, String defaultValue, String description) {

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
