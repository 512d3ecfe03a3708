"""Every form of the house is printed as GOV.UK markup (`FORM_RENDERER`)."""

from django.forms.renderers import TemplatesSetting

from govuk.bound import GovukBoundField


class GovukRenderer(TemplatesSetting):
    """Templates of `templates/govuk`, for any plain form that is printed with `{{ form }}`."""

    form_template_name = "govuk/form.html"
    formset_template_name = "govuk/formset.html"
    field_template_name = "govuk/field.html"
    bound_field_class = GovukBoundField
