package io.cosell.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {

    /** The rows of contract partner-center 7.1. */
    @Test
    void theShippedFileCoversTheMappingGuide() {
        Policy policy = Fixtures.shipped();
        assertThat(policy.fields()).extracting(Field::path).containsExactly("/name", "/details/dealValue", "/details/closingDateTime",
            "/details/notes", "/details/requirements/solutions", "/consent/consentToShareReferralWithMicrosoftSellers",
            "/inviteContext/assistanceRequestCode", "/status", "/trackingInfo/microsoftMsxId", "/customerProfile", "/team",
            "/details/requirements/additionalRequirements");
        assertThat(policy.fieldOf("/details/currency")).map(Field::title).contains("Deal value");
        assertThat(policy.fieldOf("/customerProfile/address/country")).map(Field::title).contains("Customer");
        assertThat(policy.fieldOf("/details")).isEmpty();
        assertThat(policy.fieldOf("/inviteContext/assistanceRequestCode").orElseThrow()).satisfies(help -> {
            assertThat(help.oneWay()).isTrue();
            assertThat(help.readable()).isFalse();
            assertThat(help.toCrm()).isEqualTo(Field.Travel.NEVER);
            assertThat(help.values()).hasSize(6);
        });
        assertThat(policy.requirements()).hasSize(10);
    }

    @Test
    void everythingWrongIsNamedAtOnceWithItsLine() {
        assertThat(problems("""
            fields:
              - path: /a
                title: A
                type: texts
                to-crm: always
                to-partner-center: sometimes
                colour: red
              - path: b
                title: B
                type: choice
                to-crm: never
                to-partner-center: always
              - path: /a
                type: list
                to-crm: always
                to-partner-center: always
            required-to-share:
              - path: /a
                pattern: "["
                non-zero: maybe
            more: 1
            """)).containsExactly(
                "f.yaml:4: type: \"texts\" is unknown; one of choice, date, document, list, money, status, switch, text is expected",
                "f.yaml:6: to-partner-center: \"sometimes\" is unknown; one of always, create, never is expected",
                "f.yaml:7: unknown key \"colour\"; known here are description, key, never-empty, one-way, path, readable, title, "
                    + "to-crm, to-partner-center, type, values, winner, with",
                "f.yaml:8: \"b\" is not a JSON Pointer to a member such as /details/dealValue",
                "f.yaml:10: a choice needs its values",
                "f.yaml:13: title is missing",
                "f.yaml:13: /a already belongs to the field \"A\"",
                "f.yaml:14: a list needs a key, the member by which its elements are told apart",
                "f.yaml:18: reason is missing",
                "f.yaml:19: \"[\" is not a regular expression: Unclosed character class",
                "f.yaml:20: non-zero must be true or false",
                "f.yaml:21: unknown key \"more\"; known here are fields, required-to-share");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        path: /a/0, type: text, winner: none                           | not a JSON Pointer
        path: /a~2, type: text, winner: none                           | not a JSON Pointer
        path: /a/, type: text, winner: none                            | not a JSON Pointer
        path: /a, type: text                                           | needs a winner
        path: /a, type: text, winner: microsoft                        | winner: "microsoft" is unknown
        path: /a, type: text, winner: crm, values: [a]                 | only a choice has values
        path: /a, type: text, winner: crm, key: id                     | only a list has a key
        path: /a, type: text, winner: crm, one-way: true               | only a switch or a choice can be one-way
        path: /a, type: text, winner: crm, with: [/b]                  | only money and status have further paths
        path: /a, type: money, winner: crm, with: [/b, /c]             | one more path at most
        path: /a, type: status, winner: crm                            | needs with: its substatus
        path: /a, type: switch, never-empty: partner-center            | never empty anyway
        path: /a, type: text, winner: crm, readable: crm               | cannot travel to the CRM
        path: /a, type: text, winner: crm, with: b                     | with must be a list of texts
        path: /a, type: money, winner: crm, with: [/a/b]               | lie inside each other
        path: [1], type: text, winner: crm                             | path must be text
        """)
    void rulesThatMakeNoSense(String rules, String expected) {
        assertThat(problems("fields: [{" + rules + ", title: T, to-crm: always, to-partner-center: always}]"))
            .anySatisfy(problem -> assertThat(problem).startsWith("f.yaml:1: ").contains(expected));
    }

    @Test
    void fieldsInsideEachOther() {
        assertThat(problems("""
            fields:
            - {path: /a, title: A, type: document, to-crm: create, to-partner-center: create}
            - {path: /a/b, title: B, type: text, to-crm: create, to-partner-center: create}
            """)).containsExactly("f.yaml:3: /a/b and /a of the field \"A\" lie inside each other");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        ``                     | f.yaml:1: keys with values are expected here
        []                     | f.yaml:1: keys with values are expected here
        fields: {}             | f.yaml:1: fields must be a list
        fields: [a]            | f.yaml:1: keys with values are expected here
        fields: [              | f.yaml:1: is not readable as YAML
        {fields: [], fields: []} | f.yaml:1: is not readable as YAML: Duplicate field 'fields'
        """)
    void notEvenAPolicy(String yaml, String expected) {
        assertThat(problems(yaml)).first().asString().startsWith(expected);
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(PolicyException.class, () -> Policy.parse(new java.io.StringReader(yaml), "f.yaml")).problems();
    }
}
