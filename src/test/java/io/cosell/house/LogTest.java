package io.cosell.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.xml.XmlConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The log holds no bodies, headers or secrets, whatever its level (SECURITY.md). */
class LogTest {

    private final LoggerContext context = new LoggerContext("log of the connector");

    private Configuration at(String level) throws IOException {
        String xml = Files.readString(Path.of("src/main/resources/log4j2.xml")).replace("${env:COSELL_LOG_LEVEL:-INFO}", level);
        Configuration log = new XmlConfiguration(context, new ConfigurationSource(new ByteArrayInputStream(xml.getBytes(UTF_8))));
        log.initialize();
        return log;
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.apache.hc.client5.http.wire", "org.apache.hc.client5.http.headers", "io.grpc.netty.NettyClientHandler",
        "org.apache.camel.component.properties.DefaultPropertiesParser", "org.apache.camel.impl.engine.DefaultCamelContextExtension",
        "org.springframework.jdbc.core.StatementCreatorUtils"})
    void librariesAreNeverBelowInfo(String logger) throws IOException {
        assertThat(at("TRACE").getLoggerConfig(logger).getLevel()).isEqualTo(Level.INFO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "DEBUG", "WARN"})
    void theConnectorItselfHasTheLevelThatIsAskedFor(String level) throws IOException {
        Configuration log = at(level);
        assertThat(log.getLoggerConfig("io.cosell.lane.LaneRunner").getLevel()).isEqualTo(Level.valueOf(level));
        assertThat(log.getRootLogger().getAppenderRefs().get(0).getLevel()).isEqualTo(Level.valueOf(level));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer hidden", "{\"access_token\":\"hidden\"}", "{\"refresh_token\" : \"hidden\"}",
        "client_secret=hidden&scope=x", "refresh_token=hidden", "assertion=hidden"})
    void secretsAreMaskedInText(String message) throws IOException {
        assertThat(at("INFO").getAppender("text").getLayout().toSerializable(Log4jLogEvent.newBuilder().setLoggerName("x")
            .setLevel(Level.INFO).setMessage(new SimpleMessage(message)).build()).toString()).contains("***").doesNotContain("hidden");
    }
}
