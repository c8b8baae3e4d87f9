package io.cosell.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.cosell.config.Placeholders.Placeholder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceResolverSupport;
import org.apache.camel.support.ResourceSupport;

/**
 * Gives Camel the scheme {@code mapping:}, so that {@code jolt:mapping:dynamics365/opportunity-in.json} reads a spec from the folder the
 * property {@code cosell.mappings} names ({@code file:mappings} or {@code classpath:mappings}). Placeholders in the spec, in keys as in
 * values, are replaced by Camel's properties, escaped for JSON.
 *
 * <p>A name never leaves the folder: absolute names and {@code ..} are refused with an {@link IllegalArgumentException}.
 */
public final class MappingResourceResolver extends ResourceResolverSupport {

    /** The scheme, without the colon. */
    public static final String SCHEME = "mapping";

    /** The property that names the folder of mappings. */
    public static final String FOLDER_PROPERTY = "cosell.mappings";

    private static final Set<String> NO_NAMES = Set.of("", ".", "..");

    /** Called by Camel, which finds this class by its service file. */
    public MappingResourceResolver() {
        super(SCHEME);
    }

    @Override
    protected Resource createResource(String location, String remaining) {
        requireInside(remaining);
        String folder = getCamelContext().getPropertiesComponent().resolveProperty(FOLDER_PROPERTY).orElseThrow(
                () -> new IllegalArgumentException("The setting " + FOLDER_PROPERTY + " is missing, so " + location
                        + " can't be found. Set it to the folder of mappings, such as file:mappings."));
        String file = folder + (folder.endsWith("/") || folder.endsWith(":") ? "" : "/") + remaining;
        Resource source = PluginHelper.getResourceLoader(getCamelContext()).resolveResource(file);
        return new ResourceSupport(SCHEME, location) {
            @Override
            public boolean exists() {
                return source.exists();
            }

            @Override
            public InputStream getInputStream() throws IOException {
                try (InputStream in = source.getInputStream()) {
                    return new ByteArrayInputStream(fill(getCamelContext(), file, new String(in.readAllBytes(), UTF_8)).getBytes(UTF_8));
                }
            }
        };
    }

    /**
     * Checks a mapping's name.
     *
     * @throws IllegalArgumentException when it is no relative path of plain names
     */
    static void requireInside(String name) {
        if (name.indexOf('\\') >= 0 || name.indexOf(':') >= 0 || Arrays.stream(name.split("/", -1)).anyMatch(NO_NAMES::contains)) {
            throw new IllegalArgumentException("\"" + name + "\" is not the name of a mapping. Give a path below the folder of mappings, "
                    + "such as crm/opportunity-in.json.");
        }
    }

    /**
     * A mapping with settings in place of its placeholders.
     *
     * @param file the file as the integrator knows it
     * @throws IllegalArgumentException when there is no setting for one of them
     */
    public static String fill(CamelContext camel, String file, String text) {
        return Placeholders.replace(text, found -> value(camel, found, file));
    }

    private static String value(CamelContext camel, Placeholder placeholder, String file) {
        try {
            String value = camel.resolvePropertyPlaceholders(placeholder.toString());
            return new String(JsonStringEncoder.getInstance().quoteAsString(value == null ? "" : value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ":" + placeholder.line() + ": there is no setting for " + placeholder
                    + ". Add it to application.properties or correct the name.", e);
        }
    }
}
