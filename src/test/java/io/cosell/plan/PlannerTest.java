package io.cosell.plan;

import static io.cosell.plan.Fixtures.json;
import static io.cosell.plan.Fixtures.one;
import static io.cosell.plan.Fixtures.plan;
import static io.cosell.plan.Fixtures.planX;
import static io.cosell.plan.Fixtures.policy;
import static io.cosell.plan.Fixtures.shipped;
import static io.cosell.plan.Fixtures.x;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules as tables. A row says what is written on each side, which value is lost, and what is refused. */
class PlannerTest {

    private static final String BOTH = "to-crm: always, to-partner-center: always";
    private static final String TO_CRM = "to-crm: always, to-partner-center: never";
    private static final String TO_PC = "to-crm: never, to-partner-center: always";
    private static final Map<String, String> WAYS = Map.of(
        "pc", BOTH + ", winner: partner-center", "crm", BOTH + ", winner: crm", "none", BOTH + ", winner: none",
        "to-crm", TO_CRM, "to-pc", TO_PC, "to-pc create-crm", "to-crm: create, to-partner-center: always",
        "to-crm create-pc", "to-crm: always, to-partner-center: create", "create", "to-crm: create, to-partner-center: create");

    /** One line about a plan: "crm=.. pc=.. lost=.. refused=.. base=..", leaving out what is not there. */
    private static String line(Plan plan) {
        StringBuilder line = new StringBuilder();
        plan.crm().forEach(change -> line.append("crm=").append(change.to()).append(' '));
        plan.partnerCenter().forEach(change -> line.append("pc=").append(change.to()).append(' '));
        plan.conflicts().forEach(conflict -> line.append("lost=").append(conflict.lost()).append(' '));
        plan.refusals().forEach(refusal -> line.append(refusal.code()).append(' '));
        if (plan.waitsForGrace()) {
            line.append("waits ");
        }
        if (plan.again()) {
            line.append("again ");
        }
        line.append("base=").append(plan.nextBase().path("x").isMissingNode() ? "-" : plan.nextBase().path("x"));
        return line.toString().replace('"', '\'');
    }

    /** Every pattern of unchanged, changed, cleared and never agreed on, for every way a field may travel. */
    @ParameterizedTest(name = "{0}: base {1}, partner center {2}, crm {3}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        # way             | base   | pc     | crm    | expected
        # equal
        pc                | 'a'    | 'a'    | 'a'    | base='a'
        pc                | 'a'    | 'b'    | 'b'    | base='b'
        pc                | 'a'    | null   | null   | base=null
        pc                | absent | 'a'    | 'a'    | base='a'
        pc                | absent | absent | null   | base=null
        # one side changed, set, cleared
        pc                | 'a'    | 'b'    | 'a'    | crm='b' base='b'
        pc                | 'a'    | 'a'    | 'b'    | pc='b' base='b'
        crm               | 'a'    | 'b'    | 'a'    | crm='b' base='b'
        crm               | 'a'    | 'a'    | 'b'    | pc='b' base='b'
        none              | 'a'    | 'b'    | 'a'    | crm='b' base='b'
        none              | 'a'    | 'a'    | 'b'    | pc='b' base='b'
        pc                | 'a'    | absent | 'a'    | crm=null base=null
        pc                | 'a'    | 'a'    | null   | pc=null base=null
        pc                | 'a'    | 'a'    | '  '   | pc=null base=null
        pc                | null   | 'b'    | null   | crm='b' base='b'
        pc                | null   | null   | 'b'    | pc='b' base='b'
        pc                | absent | 'b'    | null   | crm='b' base='b'
        crm               | absent | 'b'    | null   | crm='b' base='b'
        none              | absent | absent | 'b'    | pc='b' base='b'
        # both changed
        pc                | 'a'    | 'b'    | 'c'    | crm='b' lost='c' base='b'
        crm               | 'a'    | 'b'    | 'c'    | pc='c' lost='b' base='c'
        none              | 'a'    | 'b'    | 'c'    | conflict base='a'
        pc                | 'a'    | null   | 'c'    | crm=null lost='c' base=null
        crm               | 'a'    | null   | 'c'    | pc='c' lost=null base='c'
        none              | 'a'    | null   | 'c'    | conflict base='a'
        pc                | 'a'    | 'b'    | null   | crm='b' lost=null base='b'
        crm               | 'a'    | 'b'    | null   | pc=null lost='b' base=null
        # never agreed on
        pc                | absent | 'b'    | 'c'    | crm='b' lost='c' base='b'
        crm               | absent | 'b'    | 'c'    | pc='c' lost='b' base='c'
        none              | absent | 'b'    | 'c'    | conflict base=-
        # one way only: the source is kept, an edited copy is replaced
        to-crm            | 'a'    | 'b'    | 'a'    | crm='b' base='b'
        to-crm            | 'a'    | 'a'    | 'b'    | crm='a' lost='b' base='a'
        to-crm            | 'a'    | 'b'    | 'c'    | crm='b' lost='c' base='b'
        to-crm            | 'a'    | null   | 'a'    | crm=null base=null
        to-crm            | absent | 'b'    | null   | crm='b' base='b'
        to-crm            | absent | absent | 'c'    | crm=null lost='c' base=null
        to-crm            | 'a'    | 'a'    | null   | crm='a' lost=null base='a'
        to-crm create-pc  | 'a'    | 'a'    | 'b'    | crm='a' lost='b' base='a'
        to-pc             | 'a'    | 'a'    | 'b'    | pc='b' base='b'
        to-pc             | 'a'    | 'b'    | 'a'    | pc='a' lost='b' base='a'
        to-pc             | 'a'    | 'b'    | 'c'    | pc='c' lost='b' base='c'
        to-pc             | absent | absent | 'c'    | pc='c' base='c'
        to-pc create-crm  | 'a'    | 'b'    | 'a'    | pc='a' lost='b' base='a'
        # not held by this CRM, or only for creating
        pc                | 'a'    | 'b'    | absent | base='a'
        to-pc             | absent | 'b'    | absent | base=-
        create            | 'a'    | 'b'    | 'c'    | base='a'
        """)
    void text(String way, String base, String partnerCenter, String crm, String expected) {
        assertThat(line(planX(one("type: text, " + WAYS.get(way)), base, partnerCenter, crm))).isEqualTo(expected);
    }

    /** What is the same in another spelling is no change. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        text     |                 | 'a\\r\\nb '             | 'a\\nb'
        text     |                 | 12                      | '12'
        date     |                 | '2026-01-31T22:30:00Z'  | '2026-01-31'
        date     |                 | '2026-02-01T00:30:00+02:00' | '2026-01-31T00:00:00.0000000Z'
        money    |                 | 1000                    | '1000.00'
        money    |                 | 1e3                     | 1000.0
        switch   |                 | true                    | 'Yes'
        switch   |                 | absent                  | 'no'
        choice   | values: [Aa, B] | 'Aa'                    | 'aA'
        list     | key: id         | [{'id':'A'},{'id':'b'}] | [{'id':'B'},{'id':'a','more':1},{'id':'A'}]
        list     | key: id         | absent                  | []
        document |                 | {'a':1,'b':''}          | {'a':1.0,'c':{'d':null}}
        """)
    void spellings(String type, String more, String partnerCenter, String crm) {
        Policy policy = one("type: " + type + ", " + (more == null ? "" : more + ", ") + BOTH
            + (type.matches("list|switch") ? "" : ", winner: none"));
        assertThat(planX(policy, partnerCenter, partnerCenter, crm).isEmpty()).isTrue();
        assertThat(planX(policy, "absent", partnerCenter, crm)).satisfies(plan -> {
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.refusals()).isEmpty();
        });
    }

    /** A value that cannot be understood stops its own field only, and says where it stands and what is expected. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        text   |                 | {'a':1}               | plain text
        date   |                 | '2026-01-31T10:00:00' | with its offset
        date   |                 | '31.01.2026'          | a date such as
        money  |                 | 'much'                | an amount
        money  |                 | 1e999                 | an amount
        money  |                 | true                  | an amount
        switch |                 | 'maybe'               | Yes or No
        choice | values: [Aa, B] | 'C'                   | one of Aa, B
        list   | key: id         | [{'name':'A'}]        | "id"
        list   | key: id         | {'id':'A'}            | a list
        """)
    void badValues(String type, String more, String bad, String expected) {
        Policy policy = policy("fields: [{path: /x, title: Field X, type: " + type + ", " + (more == null ? "" : more + ", ") + BOTH
            + (type.matches("list|switch") ? "" : ", winner: none")
            + "}, {path: /y, title: Field Y, type: text, winner: none, " + BOTH + "}]");
        JsonNode here = x(bad).put("y", "new");
        Plan plan = plan(policy, null, json("{}"), here);
        assertThat(plan.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_VALUE);
            assertThat(refusal.side()).isEqualTo(Side.CRM);
            assertThat(refusal.text()).contains("Field X in the CRM").contains(expected);
        });
        assertThat(plan.partnerCenterPatch()).isEqualTo(json("[{'op':'replace','path':'/y','value':'new'}]"));
        assertThat(plan(policy, null, here, x("null").put("y", "new")).refusals()).singleElement()
            .satisfies(refusal -> assertThat(refusal.side()).isEqualTo(Side.PARTNER_CENTER));
    }

    @Nested
    class Money {
        private final Policy policy = policy("fields: [{path: /v, with: [/cur], title: Deal value, type: money, winner: partner-center, "
            + BOTH + ", never-empty: partner-center}]");

        private String line(String base, String partnerCenter, String crm) {
            Plan plan = plan(policy, json(base), json(partnerCenter), json(crm));
            return ("crm" + plan.crmDocument() + " pc" + plan.partnerCenterPatch().findValues("path") + plan.partnerCenterPatch()
                .findValues("value") + " "
                + plan.refusals().stream().map(refusal -> refusal.code().toString()).collect(Collectors.joining())
                + " " + plan.nextBase()).replace('"', '\'');
        }

        @ParameterizedTest
        @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            {'v':1,'cur':'USD'} | {'v':2,'cur':'USD'}   | {'v':1,'cur':'usd'}  | crm{'v':2} pc[][]  {'v':2,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':'1','cur':'USD'} | {'v':1,'cur':'EUR'}  | crm{} pc['/cur']['EUR']  {'v':1,'cur':'EUR'}
            {'v':1,'cur':'USD'} | {'v':2,'cur':'USD'}   | {'v':1,'cur':'EUR'}  | crm{'v':2,'cur':'USD'} pc[][]  {'v':2,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'USD'}   | {'v':0,'cur':'USD'}  | crm{} pc[][] empty {'v':1,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'USD'}   | {'v':null,'cur':'USD'} | crm{} pc[][] empty {'v':1,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'USD'}   | {'v':1,'cur':null}   | crm{} pc[][] empty {'v':1,'cur':'USD'}
            {'v':1,'cur':'USD'} | {}                    | {'v':1,'cur':'USD'}  | crm{'v':null} pc[][]  {'v':null,'cur':null}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'USD'}   | {'v':2}              | crm{} pc['/v'][2]  {'v':2,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'EUR'}   | {'v':1}              | crm{} pc[][]  {'v':1,'cur':'USD'}
            {'v':1,'cur':'USD'} | {'v':1,'cur':'EUR'}   | {'cur':'USD'}        | crm{'cur':'EUR'} pc[][]  {'v':1,'cur':'EUR'}
            {}                  | {}                    | {'v':5,'cur':'USD'}  | crm{} pc['/v', '/cur'][5, 'USD']  {'v':5,'cur':'USD'}
            {}                  | {'v':0,'cur':'USD'}   | {'v':5,'cur':'USD'}  | crm{} pc['/v'][5]  {'v':5,'cur':'USD'}
            {}                  | {'v':5,'cur':'USD'}   | {'v':0,'cur':'EUR'}  | crm{'v':5,'cur':'USD'} pc[][]  {'v':5,'cur':'USD'}
            {}                  | {}                    | {'v':null,'cur':'USD'} | crm{} pc[][]  {'v':null,'cur':null}
            """)
        void amountAndCurrencyAreOneField(String base, String partnerCenter, String crm, String expected) {
            assertThat(line(base, partnerCenter, crm).replaceAll(" +", " ")).isEqualTo(expected.replaceAll(" +", " "));
        }

        @Test
        void anAmountIsToldWithoutTheSignsOfJson() {
            assertThat(plan(policy, json("{'v':48000.5,'cur':'USD'}"), json("{'v':48000.5,'cur':'USD'}"), json("{'v':0,'cur':'USD'}"))
                .refusals()).singleElement().satisfies(refusal -> assertThat(refusal.text())
                    .isEqualTo("Deal value may not be empty or 0 in Partner Center; it stays \"48000.5 USD\" there. Set it in the CRM."));
        }

        @Test
        void currencyIsThreeLetters() {
            assertThat(plan(policy, null, json("{}"), json("{'v':1,'cur':'€'}")).refusals()).singleElement()
                .satisfies(refusal -> assertThat(refusal.text()).contains("three letters"));
        }
    }

    @Nested
    class OneWay {
        @ParameterizedTest(name = "{0}: {1} {2} {3}")
        @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            pc     | false  | false  | false | base=false
            pc     | absent | absent | null  | base=false
            pc     | false  | true   | false | crm=true base=true
            pc     | false  | false  | true  | pc=true base=true
            pc     | absent | true   | false | crm=true base=true
            pc     | true   | true   | false | crm=true one-way base=true
            pc     | true   | false  | true  | pc=true one-way base=true
            pc     | true   | false  | false | crm=true pc=true one-way one-way base=true
            to-crm | false  | true   | false | crm=true base=true
            to-crm | false  | false  | true  | base=false
            to-crm | true   | true   | 'No'  | crm=true one-way base=true
            to-pc  | false  | false  | true  | pc=true base=true
            to-pc  | false  | true   | false | base=false
            to-pc  | true   | true   | false | crm=true one-way base=true
            """)
        void switches(String way, String base, String partnerCenter, String crm, String expected) {
            assertThat(line(planX(one("type: switch, one-way: true, " + WAYS.get(way)), base, partnerCenter, crm))).isEqualTo(expected);
        }

        @ParameterizedTest(name = "{0}: {1} {2} {3}")
        @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            pc     | null  | null  | 'A'   | pc='A' base='A'
            pc     | null  | 'A'   | null  | crm='A' base='A'
            pc     | null  | 'A'   | 'B'   | crm='A' one-way base='A'
            pc     | 'A'   | 'A'   | 'B'   | crm='A' one-way base='A'
            pc     | 'A'   | 'A'   | null  | crm='A' one-way base='A'
            pc     | 'A'   | null  | 'A'   | pc='A' one-way base='A'
            pc     | 'A'   | 'B'   | 'A'   | crm='B' base='B'
            pc     | 'A'   | 'B'   | 'B'   | base='B'
            pc     | 'A'   | null  | 'B'   | crm='A' pc='A' one-way one-way base='A'
            to-pc  | null  | 'A'   | 'B'   | one-way base=null
            to-pc  | null  | 'A'   | null  | base=null
            to-pc  | 'A'   | 'A'   | null  | crm='A' one-way base='A'
            to-crm | null  | null  | 'A'   | base=null
            """)
        void choices(String way, String base, String partnerCenter, String crm, String expected) {
            assertThat(line(planX(one("type: choice, values: [A, B], one-way: true, " + WAYS.get(way)), base, partnerCenter, crm)))
                .isEqualTo(expected);
        }

        /** Partner Center does not show the value: whatever it seems to say does not matter. */
        @ParameterizedTest(name = "{0} {1} {2}")
        @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            absent | absent | 'A'   | pc='A' base='A'
            absent | 'Odd'  | 'A'   | pc='A' base='A'
            'A'    | absent | 'A'   | base='A'
            'A'    | 'B'    | 'a'   | base='A'
            'A'    | absent | 'B'   | crm='A' one-way base='A'
            'A'    | absent | null  | crm='A' one-way base='A'
            null   | absent | null  | base=null
            null   | absent | 'C'   | bad-value base=null
            """)
        void unreadableChoice(String base, String partnerCenter, String crm, String expected) {
            assertThat(line(planX(one("type: choice, values: [A, B], one-way: true, readable: crm, " + TO_PC), base, partnerCenter, crm)))
                .isEqualTo(expected);
        }
    }

    @Nested
    class Lists {
        @ParameterizedTest(name = "{0}: {1} {2} {3}")
        @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
            pc     | A   | A   | A   | base=A
            pc     | A   | AB  | A   | crm=AB base=AB
            pc     | A   | A   | AB  | pc=AB base=AB
            pc     | A   | AB  | AC  | crm=ABC pc=ABC base=ABC
            pc     | AB  | A   | AB  | crm=A base=A
            pc     | AB  | AB  | B   | pc=B base=B
            pc     | AB  | A   | B   | empty base=AB
            pc     | ABC | AC  | BC  | crm=C pc=C base=C
            pc     | AB  | ABC | A   | crm=AC pc=AC base=AC
            pc     | A   | A   |     | empty base=A
            pc     | A   |     | A   | crm= base=
            pc     |     | A   | B   | crm=AB pc=AB base=AB
            pc     |     | A   |     | crm=A base=A
            to-crm | A   | AB  | A   | crm=AB base=AB
            to-crm | A   | A   | AB  | crm=A lost=AB base=A
            to-pc  | A   | AB  | A   | pc=A lost=AB base=A
            to-pc  | A   | A   | B   | pc=B base=B
            """)
        void threeWay(String way, String base, String partnerCenter, String crm, String expected) {
            String rules = way.equals("pc") ? BOTH : WAYS.get(way);
            Plan plan = plan(one("type: list, key: id, never-empty: partner-center, " + rules), letters(base), letters(partnerCenter),
                letters(crm));
            assertThat(line(plan).replaceAll("[\\[\\]{}',:]|id", "")).isEqualTo(expected);
        }

        /** Each side keeps its own objects, whatever else is in them. */
        @Test
        void unknownMembersSurvive() {
            Policy policy = one("type: list, key: id, " + BOTH);
            Plan plan = plan(policy, json("{'x':[{'id':'A'}]}"), json("{'x':[{'id':'A','price':5},{'id':'B','type':'Name'}]}"),
                json("{'x':[{'id':'A'},{'id':'C'}]}"));
            assertThat(plan.partnerCenterPatch().findValue("value")).isEqualTo(
                json("[{'id':'A','price':5},{'id':'B','type':'Name'},{'id':'C'}]"));
            assertThat(plan.crmDocument()).isEqualTo(json("{'x':[{'id':'A'},{'id':'B','type':'Name'},{'id':'C'}]}"));
        }

        /** The part that could be written is agreed on, so that it is never taken for a user's change later. */
        @Test
        void partlyRefusedListAgreesElementByElement() {
            Policy policy = one("type: list, key: id, " + BOTH);
            Map<String, JsonNode> refused = Map.of("/x", letters("ACB").get("x"));
            Plan plan = Planner.plan(new PlanInput(policy, letters("A"), letters("AC"), letters("AB"), refused, true));
            assertThat(plan.partnerCenter()).isEmpty();
            assertThat(plan.refusals()).singleElement().satisfies(one -> assertThat(one.code()).isEqualTo(Refusal.Code.REFUSED));
            assertThat(plan.crmDocument()).isEqualTo(letters("ACB"));
            assertThat(plan.nextBase()).isEqualTo(letters("AC"));
            Plan afterRevert = Planner.plan(new PlanInput(policy, plan.nextBase(), letters("A"), letters("ABC"), Map.of(), true));
            assertThat(afterRevert.crmDocument()).isEqualTo(letters("AB"));
            assertThat(afterRevert.partnerCenterPatch().findValue("value")).isEqualTo(letters("AB").get("x"));
        }

        private static JsonNode letters(String ids) {
            String elements = ids == null ? "" : ids.chars().mapToObj(id -> "{'id':'" + (char) id + "'}").collect(Collectors.joining(","));
            return x("[" + elements + "]");
        }
    }

    @Nested
    class StatusRules {
        private static final Map<String, String> SUBSTATUS = Map.of("new", "Pending", "read", "Received", "active", "Accepted",
            "won", "Won", "lost", "Lost", "declined", "Declined", "expired", "Expired", "error", "Error");

        @ParameterizedTest(name = "{0}: {1} {2} {3} grace over {4}")
        @CsvSource(delimiter = '|', textBlock = """
            # winner | base     | pc       | crm      | grace | expected
            pc       | new      | new      | new      | true  | base=new
            pc       | new      | read     | new      | true  | base=new
            pc       | new      | active   | active   | true  | base=active
            # ended alike: a CRM does not tell a lost deal from a declined or expired one
            pc       | new      | expired  | declined | true  | base=new
            crm      | active   | error    | lost     | true  | base=active
            # only Partner Center moved
            pc       | new      | active   | new      | true  | crm=active base=active
            crm      | new      | active   | new      | true  | crm=active base=active
            pc       | new      | declined | new      | true  | crm=declined base=declined
            pc       | new      | expired  | new      | true  | crm=expired base=expired
            pc       | active   | won      | active   | false | crm=won base=won
            # only the CRM moved
            pc       | new      | new      | active   | true  | pc=active base=active
            pc       | new      | read     | active   | false | pc=active base=active
            pc       | new      | new      | declined | true  | pc=declined base=declined
            pc       | new      | new      | declined | false | waits base=new
            pc       | new      | new      | won      | true  | pc=active again base=active
            pc       | new      | new      | lost     | true  | pc=active again base=active
            pc       | new      | new      | won      | false | waits base=new
            pc       | active   | active   | won      | true  | pc=won base=won
            pc       | active   | active   | lost     | true  | pc=lost base=lost
            pc       | active   | active   | error    | true  | pc=error base=error
            pc       | active   | active   | won      | false | waits base=active
            # steps Partner Center does not allow
            pc       | active   | active   | new      | true  | illegal-status base=active
            pc       | active   | active   | declined | true  | illegal-status base=active
            pc       | active   | active   | expired  | false | illegal-status base=active
            pc       | new      | new      | expired  | true  | illegal-status base=new
            pc       | new      | new      | error    | true  | illegal-status base=new
            # both moved
            pc       | new      | active   | won      | true  | pc=won base=won
            pc       | new      | active   | won      | false | waits base=new
            pc       | new      | active   | declined | true  | crm=active lost=declined base=active
            crm      | new      | active   | declined | true  | illegal-status base=new
            none     | new      | active   | declined | true  | conflict base=new
            # closed in Partner Center stands, whoever wins otherwise
            crm      | active   | won      | active   | true  | crm=won base=won
            crm      | active   | won      | lost     | true  | crm=won lost=lost base=won
            none     | new      | declined | active   | true  | crm=declined lost=active base=declined
            pc       | won      | won      | lost     | true  | crm=won lost=lost base=won
            pc       | won      | won      | active   | true  | closed base=won
            # never agreed on
            pc       |          | new      | active   | true  | pc=active base=active
            crm      |          | new      | active   | true  | pc=active base=active
            none     |          | new      | active   | true  | pc=active base=active
            pc       |          | new      | declined | true  | pc=declined base=declined
            pc       |          | active   | won      | true  | pc=won base=won
            pc       |          | active   | new      | true  | crm=active lost=new base=active
            pc       |          | won      | active   | true  | crm=won lost=active base=won
            # one way only
            to-crm   | new      | active   | new      | true  | crm=active base=active
            to-crm   | new      | new      | active   | true  | crm=new lost=active base=new
            to-crm   | active   | won      | active   | true  | crm=won base=won
            to-pc    | new      | new      | active   | true  | pc=active base=active
            to-pc    | active   | won      | active   | true  | base=active
            to-pc    | active   | won      | lost     | true  | closed base=active
            to-pc    | new      | active   | new      | true  | illegal-status base=new
            """)
        void table(String way, String base, String partnerCenter, String crm, boolean grace, String expected) {
            Policy policy = policy("fields: [{path: /status, with: [/substatus], title: Status, type: status, " + WAYS.get(way) + "}]");
            Plan plan = Planner.plan(new PlanInput(policy, view(base), view(partnerCenter), view(crm), null, grace));
            StringBuilder line = new StringBuilder();
            if (!plan.crm().isEmpty()) {
                line.append("crm=").append(name(plan.crmDocument())).append(' ');
            }
            if (!plan.partnerCenter().isEmpty()) {
                assertThat(plan.partnerCenterPatch().findValuesAsText("path")).containsExactly("/status", "/substatus");
                line.append("pc=").append(plan.partnerCenterPatch().get(1).get("value").asText()).append(' ');
            }
            plan.conflicts().forEach(conflict -> line.append("lost=").append(name(conflict.lost())).append(' '));
            plan.refusals().forEach(refusal -> line.append(refusal.code()).append(' '));
            line.append(plan.waitsForGrace() ? "waits " : "").append(plan.again() ? "again " : "");
            line.append("base=").append(name(plan.nextBase()));
            assertThat(line.toString().replace("Accepted", "active").replace("Pending", "new").toLowerCase(Locale.ROOT))
                .isEqualTo(expected);
        }

        @ParameterizedTest
        @CsvSource({"Active,", ",Accepted", "New,Accepted", "Engaged,Pending", "Closed,Accepted", "None,None"})
        void pairsThatDoNotFit(String status, String substatus) {
            JsonNode here = json("{'status':" + quoted(status) + ",'substatus':" + quoted(substatus) + "}");
            assertThat(plan(shipped(), null, view("new"), here).refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_VALUE);
                assertThat(refusal.text()).contains("a status with its substatus");
            });
        }

        @Test
        void halfAStatusIsFoundWanting() {
            assertThat(plan(shipped(), null, view("new"), json("{'status':'New'}")).refusals()).singleElement()
                .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(Refusal.Code.BAD_VALUE));
        }

        /** The reason goes along when the deal is closed, and never by itself. */
        @Test
        void reasonGoesWithAClosingStatus() {
            JsonNode active = json("{'status':'Active','substatus':'Accepted','statusReason':'x'}");
            JsonNode lost = json("{'status':'Closed','substatus':'Lost','statusReason':'Budget too low'}");
            assertThat(plan(shipped(), view("active"), view("active"), lost).partnerCenterPatch().findValuesAsText("value"))
                .containsExactly("Closed", "Lost", "Budget too low");
            assertThat(plan(shipped(), view("active"), view("active"), active).isEmpty()).isTrue();
            assertThat(plan(shipped(), view("new"), view("new"), active).partnerCenterPatch().findValuesAsText("value"))
                .containsExactly("Active", "Accepted");
            assertThat(plan(shipped(), view("lost"), view("lost"), lost).refusals()).isEmpty();
        }

        private static String quoted(String text) {
            return text == null ? "null" : "'" + text + "'";
        }

        private static JsonNode view(String name) {
            if (name == null) {
                return json("{}");
            }
            String substatus = SUBSTATUS.get(name);
            String status = name.matches("new|read") ? "New" : name.equals("active") ? "Active" : "Closed";
            return json("{'status':'" + status + "','substatus':'" + substatus + "'}");
        }

        private static String name(JsonNode view) {
            return view.path("substatus").asText("");
        }
    }

    @Nested
    class ClosedDeals {
        private final Policy policy = shipped();

        private JsonNode deal(String status, String substatus, String notes, int value) {
            return json("{'status':'%s','substatus':'%s','details':{'notes':'%s','dealValue':%d}}"
                .formatted(status, substatus, notes, value));
        }

        @Test
        void editsOfADealClosedInPartnerCenterAreRefusedOneByOne() {
            JsonNode won = deal("Closed", "Won", "a", 1);
            Plan plan = plan(policy, won, won, deal("Closed", "Won", "b", 2));
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.refusals()).extracting(Refusal::path).containsExactly("/details/dealValue", "/details/notes");
            assertThat(plan.refusals()).allSatisfy(refusal -> {
                assertThat(refusal.code()).isEqualTo(Refusal.Code.CLOSED);
                assertThat(refusal.text()).contains("closed in Partner Center, nothing can be changed there");
            });
            assertThat(plan.nextBase()).isEqualTo(won);
        }

        @Test
        void whatPartnerCenterSaidWhenClosingStillReachesTheRecord() {
            Plan plan = plan(policy, deal("Active", "Accepted", "a", 1), deal("Closed", "Won", "b", 1), deal("Active", "Accepted", "a", 1));
            assertThat(plan.crmDocument()).isEqualTo(json("{'details':{'notes':'b'},'status':'Closed','substatus':'Won'}"));
        }

        @Test
        void reopeningIsRefusedAndSoAreTheEditsThatFollow() {
            JsonNode won = deal("Closed", "Won", "a", 1);
            Plan plan = plan(policy, won, won, deal("Active", "Accepted", "b", 1));
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.refusals()).extracting(Refusal::code).containsExactly(Refusal.Code.CLOSED, Refusal.Code.CLOSED);
        }

        @Test
        void ofARecordOnHoldOnlyTheStatusGoesOutAndEditsWaitForIt() {
            JsonNode pending = deal("New", "Pending", "a", 1);
            Plan held = Planner.plan(new PlanInput(policy, pending, deal("New", "Pending", "a", 2), deal("New", "Pending", "b", 1),
                Map.of(), true, true));
            assertThat(held.partnerCenter()).isEmpty();
            assertThat(held.refusals()).isEmpty();
            assertThat(held.crm()).extracting(Change::path).containsExactly("/details/dealValue");
            Plan answered = Planner.plan(new PlanInput(policy, held.nextBase(), deal("New", "Pending", "a", 2),
                deal("Active", "Accepted", "b", 2), Map.of(), true, false));
            assertThat(answered.partnerCenter()).extracting(Change::path).contains("/status", "/details/notes");
        }

        @Test
        void whatWaitsOnHoldIsListedWhenPartnerCenterClosesTheDeal() {
            JsonNode pending = deal("New", "Pending", "a", 1);
            Plan plan = Planner.plan(new PlanInput(policy, pending, deal("Closed", "Declined", "a", 1), deal("New", "Pending", "b", 1),
                Map.of(), true, true));
            assertThat(plan.crm()).extracting(Change::path).contains("/status");
            assertThat(plan.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.code()).isEqualTo(Refusal.Code.CLOSED);
                assertThat(refusal.path()).isEqualTo("/details/notes");
            });
        }

        @Test
        void aRecordClosedInTheCrmTakesNoEditButItsOwnTravel() {
            JsonNode active = deal("Active", "Accepted", "a", 1);
            Plan plan = Planner.plan(new PlanInput(policy, active, deal("Active", "Accepted", "a", 2), deal("Closed", "Won", "b", 1),
                Map.of(), false));
            assertThat(plan.waitsForGrace()).isTrue();
            assertThat(plan.crm()).isEmpty();
            assertThat(plan.partnerCenter()).extracting(Change::path).containsExactly("/details/notes");
            assertThat(plan.refusals()).singleElement().satisfies(refusal -> {
                assertThat(refusal.code()).isEqualTo(Refusal.Code.CLOSED_IN_CRM);
                assertThat(refusal.side()).isEqualTo(Side.PARTNER_CENTER);
                assertThat(refusal.path()).isEqualTo("/details/dealValue");
            });
        }

        @Test
        void aPlanThatReopensTheRecordMayWriteIt() {
            Plan plan = plan(policy, deal("New", "Pending", "a", 1), deal("Active", "Accepted", "b", 1),
                deal("Closed", "Declined", "a", 1));
            assertThat(plan.crmDocument()).isEqualTo(json("{'details':{'notes':'b'},'status':'Active','substatus':'Accepted'}"));
            assertThat(plan.conflicts()).singleElement().satisfies(conflict -> assertThat(conflict.path()).isEqualTo("/status"));
        }

        @Test
        void aStatusNobodyKnowsStillClosesTheDeal() {
            Plan plan = plan(policy, deal("Active", "Accepted", "a", 1), deal("Closed", "Merged", "a", 1),
                deal("Active", "Accepted", "b", 1));
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.refusals()).extracting(Refusal::code).containsExactly(Refusal.Code.CLOSED, Refusal.Code.BAD_VALUE);
        }
    }

    @Nested
    class RefusedBefore {
        @Test
        void theSameChangeIsListedAndNotPlanned() {
            Policy policy = shipped();
            JsonNode base = json("{'name':'a','details':{'dealValue':1,'currency':'USD'}}");
            JsonNode here = json("{'name':'b','details':{'dealValue':2,'currency':'USD'}}");
            Plan plan = Planner.plan(new PlanInput(policy, base, base, here,
                Map.of("/name", json("'b'"), "/details/dealValue", json("'2.0'")), true));
            assertThat(plan.isEmpty()).isTrue();
            assertThat(plan.refusals()).extracting(Refusal::code).containsExactly(Refusal.Code.REFUSED, Refusal.Code.REFUSED);
            assertThat(plan.nextBase()).isEqualTo(base);
        }

        @Test
        void anotherValueIsPlannedAgain() {
            JsonNode base = json("{'details':{'dealValue':1,'currency':'USD'}}");
            JsonNode here = json("{'details':{'dealValue':3,'currency':'USD'}}");
            assertThat(Planner.plan(new PlanInput(shipped(), base, base, here, Map.of("/details/dealValue", json("2")), true))
                .partnerCenter()).hasSize(1);
        }

        @Test
        void aStatusIsComparedAsAPair() {
            JsonNode base = json("{'status':'Active','substatus':'Accepted'}");
            JsonNode lost = json("{'status':'Closed','substatus':'Lost'}");
            Map<String, JsonNode> refused = Map.of("/status", json("'Closed'"), "/substatus", json("'Won'"));
            assertThat(Planner.plan(new PlanInput(shipped(), base, base, lost, refused, true)).partnerCenter()).hasSize(2);
        }
    }

    @Test
    void changesStandInTheOrderOfThePolicy() {
        JsonNode there = json("{'status':'New','substatus':'Pending'}");
        JsonNode here = json("{'status':'Active','substatus':'Accepted','name':'d',"
            + "'details':{'notes':'n','closingDateTime':'2026-05-01'}}");
        assertThat(plan(shipped(), there, there, here).partnerCenterPatch()).isEqualTo(json("""
            [{'op':'replace','path':'/name','value':'d'},
             {'op':'replace','path':'/details/closingDateTime','value':'2026-05-01T00:00:00Z'},
             {'op':'replace','path':'/details/notes','value':'n'},
             {'op':'replace','path':'/status','value':'Active'},
             {'op':'replace','path':'/substatus','value':'Accepted'}]"""));
    }

    @Test
    void inputsAreLeftAlone() {
        JsonNode base = json("{'name':'a'}");
        JsonNode there = json("{'name':'a'}");
        JsonNode here = json("{'name':'b'}");
        plan(shipped(), base, there, here);
        assertThat(base).isEqualTo(json("{'name':'a'}"));
        assertThat(there).isEqualTo(json("{'name':'a'}"));
        assertThat(here).isEqualTo(json("{'name':'b'}"));
    }
}
