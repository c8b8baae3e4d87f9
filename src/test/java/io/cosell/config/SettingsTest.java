package io.cosell.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final String PACKED = """
            # Settings of the Cosell Connector.

            # Which CRM holds the opportunities
            # type: choice alpha|beta
            cosell.crm = alpha

            # Show a check mark before the name
            # More words that are not the description.
            # type: Yes/No
            cosell.show-check-mark-in-name = Yes

            # Field with the deal's value
            # type: text
            cosell.deal-value-field = value
            # Stage
            # type: text, optional
            cosell.active-stage-name =
            # Longest wait
            # type: duration
            cosell.wait = 10m

            # Address
            # type: url
            cosell.alpha.url =
            # type: url
            cosell.beta.url =
            # Password
            # type: secret, optional
            cosell.alpha.client-secret =
            cosell.untyped = anything
            camel.main.name = cosell
            """;

    @TempDir
    Path folder;

    private Settings load(String userFile, Map<String, String> environment) throws IOException {
        return load(PACKED, userFile, environment);
    }

    private Settings load(String packed, String userFile, Map<String, String> environment) throws IOException {
        Path file = folder.resolve("application.properties");
        Files.writeString(file, userFile);
        return Settings.load(new ByteArrayInputStream(packed.getBytes(UTF_8)), Optional.of(file), environment);
    }

    private List<String> findings(Settings settings) {
        return settings.findings().stream().map(finding -> finding.toString().replace(folder + "/", "")).toList();
    }

    @Test
    void thePackedFileIsTheCatalog() {
        Settings settings = Settings.load(new ByteArrayInputStream(PACKED.getBytes(UTF_8)), Optional.empty(),
                Map.of("COSELL_ALPHA_URL", "https://a.example.com"));
        assertThat(settings.catalog()).extracting(Setting::name).containsExactly("cosell.crm", "cosell.show-check-mark-in-name",
                "cosell.deal-value-field", "cosell.active-stage-name", "cosell.wait", "cosell.alpha.url", "cosell.beta.url",
                "cosell.alpha.client-secret", "cosell.untyped");
        assertThat(settings.catalog().get(1)).isEqualTo(
                new Setting("cosell.show-check-mark-in-name", new SettingType.YesNo(), false, Optional.empty(), "Yes",
                    "Show a check mark before the name"));
        assertThat(settings.catalog().get(3).optional()).isTrue();
        assertThat(settings.catalog().get(7).secret()).isTrue();
        assertThat(settings.catalog().get(8).type()).isEqualTo(new SettingType.Text());
        assertThat(settings.isYes("cosell.show-check-mark-in-name")).isTrue();
        assertThat(settings.duration("cosell.wait")).isEqualTo(Duration.ofMinutes(10));
        assertThat(settings.get("cosell.active-stage-name")).isEmpty();
        assertThat(settings.findings()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> settings.get("cosell.none")).withMessageContaining("cosell.none");
    }

    @Test
    void theEnvironmentWinsOverTheFileAndTheFileOverTheDefault() throws IOException {
        Settings settings = load("cosell.alpha.url = https://a.example.com\ncosell.deal-value-field = mine\ncosell.wait = PT1H\n",
                Map.of("COSELL_DEAL_VALUE_FIELD", "theirs"));
        assertThat(settings.findings()).isEmpty();
        assertThat(settings.get("cosell.deal-value-field")).isEqualTo("theirs");
        assertThat(settings.duration("cosell.wait")).isEqualTo(Duration.ofHours(1));
        assertThat(settings.get("cosell.crm")).isEqualTo("alpha");
    }

    @Test
    void everyMistakeIsFoundAtOnce() throws IOException {
        Settings settings = load("""
                cosell.crm = gamma
                cosell.show-check-mark-in-name = yes
                cosell.dael-value-field = x
                cosell.something-else-entirely = x

                cosell.wait = \\
                    1000
                cosell.alpha.client-secret = hunter2
                cosell.alpha.url = {{env:CRM_URL}}
                cosell.untyped = {{cosell.crn}}
                cosell.crm = gamma
                camel.whatever = 1
                cosell.beta.url = http://example.com
                """, Map.of());
        assertThat(findings(settings)).containsExactlyInAnyOrder(
                "application.properties:3: there is no setting cosell.dael-value-field — did you mean cosell.deal-value-field?",
                "application.properties:4: there is no setting cosell.something-else-entirely — remove the line",
                "application.properties:8: warning: cosell.alpha.client-secret is a secret in plain text — "
                        + "set it to {{env:COSELL_ALPHA_CLIENT_SECRET}} and put the secret into that variable",
                "application.properties:11: cosell.crm is already set in line 1 — keep one of the two",
                "application.properties:11: cosell.crm must be one of alpha, beta, but is \"gamma\" — Which CRM holds the opportunities",
                "application.properties:2: cosell.show-check-mark-in-name must be Yes or No, but is \"yes\" — "
                        + "Show a check mark before the name",
                "application.properties:6: cosell.wait must be a duration such as PT10M, 10m or 30s, but is \"1000\" — Longest wait",
                "application.properties:9: cosell.alpha.url refers to {{env:CRM_URL}}, which is not set — "
                        + "set the environment variable CRM_URL",
                "application.properties:10: cosell.untyped refers to {{cosell.crn}}, which is not set — did you mean cosell.crm?",
                "application.properties:13: cosell.beta.url must be an https address (http only for localhost) "
                        + "without user name and fragment, but is \"http://example.com\"");
        assertThat(settings.findings().toString()).doesNotContain("hunter2");
    }

    @Test
    void onlyTheChosenCrmNeedsItsSettings() throws IOException {
        assertThat(findings(load("", Map.of()))).containsExactly("application.properties: cosell.alpha.url is missing — set it to "
                + "an https address (http only for localhost) without user name and fragment: Address");
        assertThat(findings(load("cosell.crm = beta\n cosell.beta.url =", Map.of()))).containsExactly("application.properties:2: "
                + "cosell.beta.url is missing — set it to an https address (http only for localhost) without user name and fragment");
    }

    @Test
    void aDefaultFromTheEnvironmentIsMissedOnlyWhereItIsNeeded() throws IOException {
        String packed = """
                # type: choice alpha|beta
                cosell.crm = alpha
                # type: secret
                cosell.alpha.secret = {{env:ALPHA_SECRET}}
                # type: secret
                cosell.beta.secret = {{env:BETA_SECRET}}
                # type: secret, optional
                cosell.alpha.token = {{env:ALPHA_TOKEN}}
                """;
        assertThat(findings(load(packed, "", Map.of()))).containsExactly("application.properties: cosell.alpha.secret refers to "
                + "{{env:ALPHA_SECRET}}, which is not set — set the environment variable ALPHA_SECRET");
        assertThat(load(packed, "", Map.of("ALPHA_SECRET", "hunter2")).findings()).isEmpty();
        assertThat(load(packed, packed, Map.of("ALPHA_SECRET", "hunter2")).findings()).as("a copy of the file").isEmpty();
    }

    @Test
    void aSettingMayBeNeededOnlyWhileAnotherHasAValue() throws IOException {
        String packed = """
                # type: choice alpha|beta
                cosell.crm = alpha
                # type: choice secret|key
                cosell.alpha.sign-in = secret
                # type: secret, if cosell.alpha.sign-in is secret
                cosell.alpha.client-secret = {{env:ALPHA_SECRET}}
                # type: text, if cosell.alpha.sign-in is key
                cosell.alpha.key-store =
                # type: text, if cosell.beta.sign-in is key
                cosell.beta.key-store =
                """;
        assertThat(findings(load(packed, "", Map.of()))).containsExactly("application.properties: cosell.alpha.client-secret refers to "
                + "{{env:ALPHA_SECRET}}, which is not set — set the environment variable ALPHA_SECRET");
        assertThat(findings(load(packed, "cosell.alpha.sign-in = key", Map.of()))).containsExactly(
                "application.properties: cosell.alpha.key-store is missing — set it to a text");
        assertThat(findings(load(packed, "cosell.crm = beta\ncosell.alpha.sign-in = key", Map.of()))).isEmpty();
    }

    @Test
    void aDefaultMayDependOnTheCrm() throws IOException {
        String packed = """
                # type: choice alpha|beta
                cosell.crm = alpha
                # type: text
                cosell.deal-value-field = {{cosell.{{cosell.crm}}.deal-value-field}}
                # type: text
                cosell.alpha.deal-value-field = worth
                # type: text
                cosell.beta.deal-value-field = Amount
                """;
        assertThat(load(packed, "", Map.of()).get("cosell.deal-value-field")).isEqualTo("worth");
        Settings other = load(packed, "cosell.crm = beta", Map.of());
        assertThat(other.findings()).isEmpty();
        assertThat(other.get("cosell.deal-value-field")).isEqualTo("Amount");
        assertThat(load(packed, "cosell.deal-value-field = mine", Map.of("COSELL_CRM", "beta")).get("cosell.deal-value-field"))
            .isEqualTo("mine");
        assertThat(findings(load(packed, "cosell.deal-value-field = {{cosell.{{cosell.crn}}.deal-value-field}}", Map.of()))).hasSize(1)
            .first().asString().contains("cosell.crn");
    }

    @Test
    void aMistakeInTheEnvironmentIsNamedThere() throws IOException {
        assertThat(findings(load("cosell.alpha.url = https://a.example.com", Map.of("COSELL_CRM", "Alpha")))).containsExactly(
                "environment variable COSELL_CRM: cosell.crm must be one of alpha, beta, but is \"Alpha\" — "
                        + "Which CRM holds the opportunities");
    }

    @Test
    void resolvesWhatCamelResolves() throws IOException {
        Settings settings = load("cosell.alpha.url = https://{{host:a.example.com}}/{{cosell.crm}}\nx = {{y}}\ny = {{x}}",
                Map.of("HOME_OF", "here", "COSELL_ALPHA_CLIENT_SECRET", "hunter2"));
        assertThat(settings.findings()).isEmpty();
        assertThat(settings.get("cosell.alpha.url")).isEqualTo("https://a.example.com/alpha");
        assertThat(settings.resolve("camel.main.name")).contains("cosell");
        assertThat(settings.resolve("env:HOME_OF")).contains("here");
        assertThat(settings.resolve("env:NOWHERE:else:where")).contains("else:where");
        assertThat(settings.resolve("env:NOWHERE")).isEmpty();
        assertThat(settings.resolve("sys:java.version")).contains(System.getProperty("java.version"));
        assertThat(settings.resolve("?none")).contains("");
        assertThat(settings.resolve("none")).isEmpty();
        assertThat(settings.resolve("x")).as("a circle").isEmpty();
    }

    @Test
    void aValueThatCannotBeResolvedIsNeverHandedOut() throws IOException {
        Settings settings = load("cosell.alpha.url = {{env:CRM_URL}}", Map.of());
        assertThatIllegalArgumentException().isThrownBy(() -> settings.get("cosell.alpha.url")).withMessageContaining("env:CRM_URL");
    }

    @Test
    void filesThatCannotBeReadAreFindings() throws IOException {
        assertThat(findings(load("cosell.alpha.url = https://a.example.com\ncosell.untyped = C:\\users", Map.of())))
                .containsExactly("application.properties:2: this line holds a \\u that is no character — write \\\\ for a backslash");
        Settings missing = Settings.load(new ByteArrayInputStream(new byte[0]), Optional.of(folder.resolve("none.properties")), Map.of());
        assertThat(findings(missing)).containsExactly(
                "none.properties: the file can't be read as UTF-8 text — check its permissions and its encoding");
        assertThat(findings(load("# type: colour\ncosell.x = 1", "", Map.of()))).singleElement().asString()
                .startsWith("application.properties in the jar:2: cosell.x: \"colour\" is no type of a setting");
    }

    private Settings withCrms(String userFile, Map<String, String> environment) throws IOException {
        String packed = "# Which CRM\n# type: crm\ncosell.crm = alpha\n# type: text\ncosell.name = {{cosell.{{cosell.crm}}.name}}\n";
        Path file = folder.resolve("application.properties");
        Files.writeString(file, userFile);
        for (String name : List.of("alpha", "gamma", "partner-center", "Notes.old")) {
            Files.createDirectories(folder.resolve("routes").resolve(name));
        }
        return Settings.load(new ByteArrayInputStream(packed.getBytes(UTF_8)), Optional.of(folder.resolve("routes")), Optional.of(file),
            environment);
    }

    private void settingsOf(String crm, String text) throws IOException {
        Files.createDirectories(folder.resolve("routes").resolve(crm));
        Files.writeString(folder.resolve("routes/" + crm + "/" + crm + ".properties"), text);
    }

    @Test
    void everyFolderOfRoutesIsACrm() throws IOException {
        assertThat(findings(withCrms("cosell.crm = gama", Map.of()))).containsExactly(
            "application.properties:1: cosell.crm must be one of alpha, gamma, but is \"gama\" — Which CRM");
    }

    @Test
    void aCrmDeclaresItsOwnSettings() throws IOException {
        settingsOf("alpha", "# A name\n# type: text\ncosell.alpha.name = Alpha\n# Address\n# type: url\ncosell.alpha.address =\n");
        settingsOf("gamma", "# A name\n# type: text\ncosell.gamma.name = Gamma\n# Address\n# type: url\ncosell.gamma.address =\n");

        Settings settings = withCrms("cosell.gamma.adress = x", Map.of("COSELL_GAMMA_NAME", "Other", "COSELL_CRM", "gamma"));

        assertThat(settings.get("cosell.name")).isEqualTo("Other");
        assertThat(settings.catalog()).extracting(Setting::name).contains("cosell.alpha.address", "cosell.gamma.address");
        assertThat(findings(settings)).as("nothing of the CRM that is not served").containsExactlyInAnyOrder(
            "application.properties:1: there is no setting cosell.gamma.adress — did you mean cosell.gamma.address?",
            "application.properties: cosell.gamma.address is missing — set it to an https address (http only for localhost) without user name"
                + " and fragment: Address");
        assertThat(withCrms("cosell.gamma.name = Mine", Map.of("COSELL_CRM", "gamma")).get("cosell.name")).isEqualTo("Mine");
    }

    @Test
    void aCrmDeclaresNothingElse() throws IOException {
        settingsOf("alpha", "# A name\n# type: text\ncosell.alpha.name = Alpha\n# type: text\ncosell.name = x\n# type: colour\n"
            + "cosell.alpha.x = y\n");

        assertThat(findings(withCrms("", Map.of()))).containsExactlyInAnyOrder(
            "routes/alpha/alpha.properties:5: cosell.name is no setting of this CRM — begin its name with cosell.alpha. here; set others in"
                + " application.properties",
            "routes/alpha/alpha.properties:7: cosell.alpha.x: \"colour\" is no type of a setting; known are text, label, secret, Yes/No,"
                + " choice a|b, crm, url, integer 1..100, duration, cron, hosts — correct the \"# type:\" line above it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"crm;beta;true", "crm;gamma;false", "Yes/No;Yes;true", "Yes/No;No;true", "Yes/No;YES;false", "Yes/No;true;false", "choice a|b;b;true",
        "choice a|b;c;false", "url;https://a.example.com/x;true", "url;http://localhost:8080;true", "url;http://127.0.0.1:1;true",
        "url;http://[::1]:8080/x;true", "url;http://127.0.0.1.example.com;false", "url;https://u:p@a.example.com;false",
        "url;https:///x;false",
        "url;a b;false", "integer 1..100;100;true", "integer 1..100;0;false", "integer 1..100;1.5;false", "duration;PT10M;true",
        "duration;1h30m;true", "duration;500ms;true", "duration;10;false", "duration;PT-5S;false", "duration;soon;false",
        "cron;0 0/15 * * * ?;true", "cron;0+0/15+*+*+*+?;true", "cron;*/5 * * * *;false", "hosts;a.com,*.b.com:8443;true",
        "hosts;https://a.com;false", "text;x;true", "secret;x;true",
        "label;Id. On hold (50%), more;true", "label;a & b;false", "label;a|b;false"})
    void typesAcceptTheirValuesOnly(String type, String value, boolean expected) {
        assertThat(SettingType.parse(type, List.of("alpha", "beta")).accepts(value)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"cosell.crn,cosell.crm", "y,", "zzz,", "COSELL.CRM,cosell.crm"})
    void suggestsOnlyNearNames(String name, String expected) {
        assertThat(Names.nearest(name, List.of("cosell.crm", "x"))).isEqualTo(Optional.ofNullable(expected));
    }
}
