package io.cosell.dev;

import com.bazaarvoice.jolt.Chainr;
import com.bazaarvoice.jolt.JsonUtils;
import com.bazaarvoice.jolt.exception.JoltException;
import io.cosell.config.MappingResourceResolver;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jolt.JoltEndpoint;

/**
 * Replaces the specs of a running connector. Camel compiles a spec when it is first used, and keeps it for ever; here all are compiled
 * when they are saved, so that none is taken from a file that nobody has checked.
 */
final class LiveSpecs {

    private static final String ENDING = ".json";

    private final CamelContext camel;
    private final Path folder;

    /** @param folder the folder of mappings */
    LiveSpecs(CamelContext camel, Path folder) {
        this.camel = camel;
        this.folder = folder;
    }

    /**
     * The specs of some files, by their addresses in routes.
     *
     * @throws Refused if one can't be compiled
     */
    Map<String, Chainr> compile(Map<Path, String> files) {
        Map<String, Chainr> specs = new HashMap<>();
        files.forEach((file, text) -> {
            if (file.toString().endsWith(ENDING)) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                specs.put(MappingResourceResolver.SCHEME + ":" + name, compile(file, text));
            }
        });
        return specs;
    }

    private Chainr compile(Path file, String text) {
        try {
            return Chainr.fromSpec(JsonUtils.jsonToObject(MappingResourceResolver.fill(camel, file.toString(), text)));
        } catch (IllegalArgumentException e) {
            throw new Refused(e.getMessage() + " A setting that is new takes effect at a restart.", e);
        } catch (JoltException e) {
            throw new Refused(file + ": JOLT does not take this spec: " + e.getMessage(), e);
        }
    }

    /** From now on all routes use these. */
    void use(Map<String, Chainr> specs) {
        camel.getEndpoints().forEach(endpoint -> {
            if (endpoint instanceof JoltEndpoint jolt && specs.containsKey(jolt.getResourceUri())) {
                jolt.setTransform(specs.get(jolt.getResourceUri()));
            }
        });
    }
}
