package io.cosell;

import java.util.List;

/** Settings, routes or mappings are wrong; the connector does not start. */
public final class ConfigurationException extends RuntimeException {

    private final List<String> findings;

    /** @param findings everything that is wrong, a line each, with file and line where there is one */
    public ConfigurationException(List<String> findings) {
        super("The configuration is not right:\n  " + String.join("\n  ", findings));
        this.findings = List.copyOf(findings);
    }

    public List<String> findings() {
        return findings;
    }
}
