package io.cosell.sandbox.partnercenter;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The lists of words of the contract, from {@code lists.yaml}. */
final class Lists {

    private static final Map<String, LinkedHashSet<String>> ALL = read();

    private Lists() {
    }

    /** The words of one list, in the order of the file. */
    static Set<String> of(String name) {
        return ALL.get(name);
    }

    private static Map<String, LinkedHashSet<String>> read() {
        try (InputStream in = Lists.class.getResourceAsStream("/sandbox/partner-center/lists.yaml")) {
            return new YAMLMapper().readValue(in, new TypeReference<>() { });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
