package io.cosell.plan;

import static io.cosell.plan.Fixtures.json;
import static io.cosell.plan.Fixtures.one;
import static io.cosell.plan.Fixtures.plan;
import static io.cosell.plan.Fixtures.planX;
import static io.cosell.plan.Fixtures.shipped;
import static io.cosell.plan.Fixtures.x;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process dies between writing and remembering that it wrote. */
class SettleTest {

    private static final Policy TEXT = one("type: text, to-crm: always, to-partner-center: always, winner: partner-center");
    private static final Policy LIST = one("type: list, key: id, to-crm: always, to-partner-center: always");

    /** Partner Center said b, we wrote b to the CRM and died, a user of Partner Center took it back: the user's a must win. */
    @Test
    void aLandedWriteIsNotTakenForAUsersChange() {
        Plan first = planX(TEXT, "'a'", "'b'", "'a'");
        JsonNode withoutSettling = plan(TEXT, x("'a'"), x("'a'"), x("'b'")).partnerCenterPatch();
        assertThat(withoutSettling).as("what would go wrong").isNotEmpty();

        JsonNode base = Planner.settle(TEXT, x("'a'"), first.intent(), x("'a'"), x("'b'"));
        assertThat(base).isEqualTo(x("'b'"));
        Plan second = plan(TEXT, base, x("'a'"), x("'b'"));
        assertThat(second.partnerCenter()).isEmpty();
        assertThat(second.crmDocument()).isEqualTo(x("'a'"));
        assertThat(second.conflicts()).isEmpty();
    }

    @ParameterizedTest(name = "base {0}, planned on {1}/{2}, now {3}/{4}")
    @CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
        # base | pc   | crm  | pc now | crm now | settled
        'a'    | 'b'  | 'a'  | 'b'    | 'a'     | 'a'
        'a'    | 'b'  | 'a'  | 'b'    | 'b'     | 'b'
        'a'    | 'b'  | 'a'  | 'c'    | 'b'     | 'b'
        'a'    | 'b'  | 'a'  | 'b'    | 'c'     | 'a'
        'a'    | 'a'  | 'b'  | 'b'    | 'b'     | 'b'
        'a'    | 'a'  | 'b'  | 'b'    | 'a'     | 'b'
        'a'    | 'a'  | 'b'  | 'c'    | 'b'     | 'a'
        'a'    | 'b'  | 'c'  | 'b'    | 'b'     | 'b'
        'a'    | null | 'a'  | null   | null    | null
        'a'    | 'a'  | 'a'  | 'c'    | 'a'     | 'a'
        """)
    void perField(String base, String partnerCenter, String crm, String partnerCenterNow, String crmNow, String settled) {
        Plan plan = planX(TEXT, base, partnerCenter, crm);
        assertThat(Planner.settle(TEXT, x(base), plan.intent(), x(partnerCenterNow), x(crmNow))).isEqualTo(x(settled));
    }

    /** Of a merged list one half may have landed: only what was written there is ours. */
    @ParameterizedTest(name = "now {0} and {1}")
    @CsvSource({"AC,AB,A", "AC,ABC,AC", "ABC,AB,AB", "ABC,ABC,ABC", "A,ABC,AC", "AC,ABCD,AC", "ABC,A,AB"})
    void listsElementByElement(String partnerCenterNow, String crmNow, String settled) {
        Plan plan = plan(LIST, letters("A"), letters("AC"), letters("AB"));
        JsonNode base = Planner.settle(LIST, letters("A"), plan.intent(), letters(partnerCenterNow), letters(crmNow));
        assertThat(Normalise.canonical(LIST.fields().get(0), base).get("x").findValuesAsText("id"))
            .containsExactlyInAnyOrder(settled.split(""));
    }

    @Test
    void aHalfWrittenRemovalIsNotUndone() {
        Plan plan = plan(LIST, letters("AB"), letters("A"), letters("AB"));
        JsonNode base = Planner.settle(LIST, letters("AB"), plan.intent(), letters("AB"), letters("A"));
        assertThat(plan(LIST, base, letters("AB"), letters("A")).crmDocument()).as("put back by a user of Partner Center")
            .isEqualTo(letters("AB"));
    }

    @Test
    void amountAndCurrencyAreRecognisedTogether() {
        JsonNode base = json("{'details':{'dealValue':1,'currency':'USD'}}");
        JsonNode there = json("{'details':{'dealValue':2,'currency':'USD'}}");
        Plan plan = plan(shipped(), base, there, base);
        assertThat(plan.crmDocument()).isEqualTo(json("{'details':{'dealValue':2}}"));
        assertThat(Planner.settle(shipped(), base, plan.intent(), base, there)).isEqualTo(there);
        assertThat(Planner.settle(shipped(), base, plan.intent(), base, json("{'details':{'dealValue':2,'currency':'EUR'}}")))
            .as("a user changed the currency meanwhile").isEqualTo(base);
    }

    @Test
    void anAcceptedDealOnItsWayToBeingWon() {
        JsonNode pending = json("{'status':'New','substatus':'Pending'}");
        JsonNode active = json("{'status':'Active','substatus':'Accepted'}");
        JsonNode won = json("{'status':'Closed','substatus':'Won'}");
        Plan plan = plan(shipped(), pending, pending, won);
        JsonNode base = Planner.settle(shipped(), pending, plan.intent(), active, won);
        assertThat(base).isEqualTo(active);
        assertThat(plan(shipped(), base, active, won).partnerCenterPatch().findValuesAsText("value")).containsExactly("Closed", "Won");
    }

    @Test
    void withoutABaseOrAnythingLanded() {
        Plan plan = planX(TEXT, "absent", "'b'", "null");
        assertThat(Planner.settle(TEXT, null, plan.intent(), x("'b'"), x("null"))).isEqualTo(json("{}"));
        assertThat(Planner.settle(TEXT, null, plan.intent(), x("'b'"), x("'b'"))).isEqualTo(x("'b'"));
        assertThat(Planner.settle(TEXT, null, plan.intent(), x("'b'"), x("{'not':'text'}"))).isEqualTo(json("{}"));
        assertThat(Planner.settle(TEXT, x("'a'"), json("{}"), x("'b'"), x("'c'"))).isEqualTo(x("'a'"));
    }

    private static JsonNode letters(String ids) {
        return x(ids.chars().mapToObj(id -> "{'id':'" + (char) id + "'}").toList().toString());
    }
}
