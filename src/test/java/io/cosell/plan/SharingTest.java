package io.cosell.plan;

import static io.cosell.plan.Fixtures.json;
import static io.cosell.plan.Fixtures.shipped;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharingTest {

    private static final String RECORD = """
        {'name':'Big deal ','status':'Active','substatus':'Accepted','externalReferenceId':'1',
         'details':{'dealValue':'1500.00','currency':'usd','closingDateTime':'2026-12-31','notes':'',
                    'requirements':{'solutions':[{'id':'SOL-1-AAA'}]}},
         'consent':{'consentToShareReferralWithMicrosoftSellers':'No'},
         'inviteContext':{'assistanceRequestCode':null}, 'trackingInfo':{'microsoftMsxId':'7'},
         'customerProfile':{'name':'C','address':{'addressLine1':'1 Road','city':'Town','country':'US'}}}""";

    @Test
    void aCompleteRecordBecomesADocument() {
        Sharing sharing = Planner.share(shipped(), json(RECORD));
        assertThat(sharing.refusals()).isEmpty();
        assertThat(sharing.document()).isEqualTo(json("""
            {'name':'Big deal','details':{'dealValue':1500,'currency':'USD','closingDateTime':'2026-12-31T00:00:00Z',
             'requirements':{'solutions':[{'id':'SOL-1-AAA'}]}},
             'consent':{'consentToShareReferralWithMicrosoftSellers':false},
             'customerProfile':{'name':'C','address':{'addressLine1':'1 Road','city':'Town','country':'US'}}}"""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        /name                                | ' '                    | Deal name is missing
        /details/requirements/solutions      | []                     | Solution ID is required
        /details/dealValue                   | null                   | Deal value is missing or 0
        /details/dealValue                   | 0                      | Deal value is missing or 0
        /details/dealValue                   | '0.00'                 | Deal value is missing or 0
        /details/currency                    | ''                     | Deal currency is missing
        /details/closingDateTime             | null                   | Estimated closing date is missing
        /customerProfile/name                | null                   | Customer name is missing
        /customerProfile/address/city        | null                   | Customer account city is missing
        /customerProfile/address/addressLine1 | null                  | Customer account street is missing
        /customerProfile/address/country     | null                   | Customer account country code is missing
        /customerProfile/address/country     | 'USA'                  | Customer account country code is missing
        /inviteContext/assistanceRequestCode | 'GeneralOrOther'       | Customer contact is missing although help is asked
        """)
    void whatIsMissingIsSaid(String path, String value, String expected) {
        ObjectNode record = (ObjectNode) json(RECORD);
        Views.set(record, path, json(value));
        Sharing sharing = Planner.share(shipped(), record);
        assertThat(sharing.document()).isNull();
        assertThat(sharing.refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.code()).isEqualTo(Refusal.Code.REQUIRED);
            assertThat(refusal.text()).startsWith(expected);
        });
    }

    @Test
    void everythingMissingIsSaidAtOnceAndABadValueOnlyOnce() {
        Sharing sharing = Planner.share(shipped(), json("{'details':{'dealValue':'lots','currency':'USD'}}"));
        assertThat(sharing.refusals()).extracting(refusal -> refusal.code().toString())
            .containsExactly("bad-value", "required", "required", "required", "required", "required", "required", "required");
        assertThat(sharing.refusals().get(1).title()).isEqualTo("Deal name");
    }

    @Test
    void helpWithAContactIsComplete() {
        ObjectNode record = (ObjectNode) json(RECORD);
        Views.set(record, "/inviteContext/assistanceRequestCode", json("'generalorother'"));
        Views.set(record, "/customerProfile/team", json("[{'firstName':'A'}]"));
        assertThat(Planner.share(shipped(), record).document().at("/inviteContext/assistanceRequestCode").asText())
            .isEqualTo("GeneralOrOther");
    }

    @Test
    void aReferralBecomesARecord() {
        JsonNode referral = json("""
            {'id':'x','name':'Deal','status':'New','substatus':'Received','eTag':'e','details':{'dealValue':10,'currency':'EUR',
             'closingDateTime':'2026-05-01T00:00:00Z','notes':'n','requirements':{'solutions':[{'id':'S','type':'Name'}]}},
             'inviteContext':{'assistanceRequestCode':'Unknown'},'customerProfile':{'name':'C'},'team':[]}""");
        assertThat(Planner.receive(shipped(), referral)).isEqualTo(json("""
            {'name':'Deal','details':{'dealValue':10,'currency':'EUR','closingDateTime':'2026-05-01T00:00:00Z','notes':'n',
             'requirements':{'solutions':[{'id':'S','type':'Name'}]}},
             'consent':{'consentToShareReferralWithMicrosoftSellers':false},
             'status':'New','substatus':'Pending','customerProfile':{'name':'C'}}"""));
    }

    @Test
    void whatCannotBeUnderstoodIsLeftOut() {
        assertThat(Planner.receive(shipped(), json("{'name':'D','status':'Odd','details':{'dealValue':'x'}}")))
            .isEqualTo(json("{'name':'D','consent':{'consentToShareReferralWithMicrosoftSellers':false}}"));
    }
}
