package io.cosell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ResourceLoader;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MappingResourceResolverTest {

    private static final String OPTIONS = "?inputType=Hydrated&outputType=Hydrated";

    @TempDir
    Path folder;
    private CamelContext camel;

    @BeforeEach
    void start() {
        camel = new DefaultCamelContext();
        Properties properties = new Properties();
        properties.setProperty("cosell.mappings", "file:" + folder);
        properties.setProperty("value-field", "amount");
        properties.setProperty("note", "say \"hi\"\\now");
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.start();
    }

    @AfterEach
    void stop() {
        camel.stop();
    }

    private void spec(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Object transform(String name, Object input) {
        return camel.createProducerTemplate().requestBody("jolt:mapping:" + name + OPTIONS, input);
    }

    @Test
    void theJoltEndpointReadsASpecWithSettingsInKeyAndValue() throws IOException {
        spec("crm/in.json", """
                [{"operation": "shift", "spec": {"{{value-field}}": "details.dealValue"}},
                 {"operation": "default", "spec": {"note": "{{note}}", "other": "{{none:nothing}}"}}]
                """);
        assertThat(transform("crm/in.json", Map.of("amount", 12)))
                .isEqualTo(Map.of("details", Map.of("dealValue", 12), "note", "say \"hi\"\\now", "other", "nothing"));
    }

    @Test
    void anUnknownSettingIsNamedWithFileAndLine() throws IOException {
        spec("in.json", "[{\"operation\": \"shift\",\n  \"spec\": {\n    \"{{value-feild}}\": \"x\"}}]");
        assertThatThrownBy(() -> transform("in.json", Map.of())).isInstanceOf(CamelExecutionException.class)
                .hasStackTraceContaining("in.json:3: there is no setting for {{value-feild}}");
    }

    @Test
    void readsFromTheClassPathToo() {
        Properties packed = new Properties();
        packed.setProperty("cosell.mappings", "classpath:contracts");
        camel.getPropertiesComponent().setOverrideProperties(packed);
        ResourceLoader loader = PluginHelper.getResourceLoader(camel);
        assertThat(loader.resolveResource("mapping:partner-center/webhook-delivery-example.json").exists()).isTrue();
        assertThat(loader.resolveResource("mapping:partner-center/none.json").exists()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret.json", "crm/../../secret.json", "/etc/secret.json", "crm//x.json", "./x.json", "..\\x.json",
        "file:/x.json", "C:/x.json"})
    void refusesNamesThatLeaveTheFolder(String name) {
        assertThatThrownBy(() -> PluginHelper.getResourceLoader(camel).resolveResource("mapping:" + name))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("is not the name of a mapping");
    }

    @Test
    void saysWhichSettingIsMissing() throws Exception {
        try (CamelContext bare = new DefaultCamelContext()) {
            bare.start();
            assertThatThrownBy(() -> PluginHelper.getResourceLoader(bare).resolveResource("mapping:x.json"))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("cosell.mappings");
        }
    }
}
